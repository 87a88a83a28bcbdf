-- Runs the script that BENCH_SCRIPT names, and writes what was measured as one line of JSON at the end.
dofile(os.getenv("BENCH_SCRIPT"))

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
