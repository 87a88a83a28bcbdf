-- One record of three text fields a request, as large as the floor's.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, "/api/records/Message", nil,
    '{"owner":"018f3c2e-0000-7000-8000-000000000001","room":"018f3c2e-0000-7000-8000-000000000002","data":"a message ' .. number .. '"}')
end
