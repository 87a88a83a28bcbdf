-- One of the stored records at random, by its id. BENCH_IDS is a file of ids, 36 letters and a line feed each.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local ids = io.open(os.getenv("BENCH_IDS")):read("*a")
local count = #ids / 37
request = function()
  local at = math.random(count) * 37 - 36
  return wrk.format(nil, "/api/records/Message/" .. ids:sub(at, at + 35))
end
