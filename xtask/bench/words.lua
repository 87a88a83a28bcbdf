-- One record of sixteen words in three text fields a request.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local number = 0
local function words(count)
  local all = {}
  for at = 1, count do
    number = number + 1
    all[at] = "w" .. (number * 2654435761) % 10000
  end
  return table.concat(all, " ")
end

request = function()
  return wrk.format(nil, "/api/records/Message", nil,
    '{"title":"' .. words(4) .. '","body":"' .. words(10) .. '","place":"' .. words(2) .. '"}')
end
