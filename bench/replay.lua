-- Replays the requests of a file, parted by NUL, in a circle; one thread, so that none is sent twice in it.
local requests, step = {}, 0

function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   for each in (file:read("*a") .. "\0"):gmatch("(.-)%z") do
      requests[#requests + 1] = each
   end
   file:close()
end

function request()
   step = step % #requests + 1
   return requests[step]
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      'RESULT {"requests": %d, "seconds": %.6f, "p50": %.6f, "p99": %.6f, "errors": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
