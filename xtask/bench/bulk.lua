-- A thousand records a request. BENCH_BODIES is a file with one array of them a line.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local path = os.getenv("BENCH_PATH")
local bodies = {}
for body in io.lines(os.getenv("BENCH_BODIES")) do
  bodies[#bodies + 1] = body
end
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, path, nil, bodies[number % #bodies + 1])
end
