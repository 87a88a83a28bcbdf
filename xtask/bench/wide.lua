-- One record of fourteen fields a request, like those of people.py.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local number = 0
local tiers = { "bronze", "silver", "gold", "platinum" }
local countries = { "US", "DE", "FR", "JP", "BR", "NG", "IN", "GB" }
request = function()
  number = number + 1
  local stirred = (number * 2654435761) % 4294967296
  return wrk.format(nil, "/api/records/Person", nil, string.format(
    '{"id":%d,"uuid":"%08x-0000-4000-8000-%012x","full_name":"Ana %d","email":"ana.%d@example%d.com","signup_date":"2024-%02d-%02d",' ..
    '"last_seen":"2024-%02d-%02dT%02d:%02d:00Z","balance":%d.%02d,"score":0.%06d,"tier":"%s","country":"%s","phone":"+1-%03d-555-%04d",' ..
    '"is_active":%s,"url":"https://example.com/u/%d?r=%d","zip":"%05d"}',
    number, stirred, number, stirred % 200, number, stirred % 50, stirred % 12 + 1, stirred % 28 + 1,
    stirred % 12 + 1, stirred % 28 + 1, stirred % 24, stirred % 60, stirred % 2000, stirred % 100, stirred % 1000000,
    tiers[stirred % 4 + 1], countries[stirred % 8 + 1], stirred % 799 + 200, stirred % 10000,
    stirred % 2 == 0 and "true" or "false", number, stirred % 1000, stirred % 100000))
end
