-- The same address again and again: BENCH_PATH.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local path = os.getenv("BENCH_PATH")
request = function()
  return wrk.format(nil, path)
end
