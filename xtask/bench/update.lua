-- One of the stored records at random gets another value in its indexed field.
wrk.method = "PATCH"
wrk.headers["Content-Type"] = "application/merge-patch+json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local ids = io.open(os.getenv("BENCH_IDS")):read("*a")
local count = #ids / 37
request = function()
  local at = math.random(count) * 37 - 36
  return wrk.format(nil, "/api/records/Message/" .. ids:sub(at, at + 35), nil,
    '{"data":"other ' .. math.random(1000000000) .. '"}')
end
