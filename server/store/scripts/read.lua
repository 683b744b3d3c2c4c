-- Reads entries by their seq.
-- KEYS  1 the log (stream)  2 what is said of it (hash)  3 its archive (hash)
-- ARGV  1 seq of the first  2 most entries  3 most bytes  4 entries looked at at once
if redis.call('HEXISTS', KEYS[2], 'tip') == 0 then return {'missing'} end
local seq, most, most_bytes, page = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local rows, blocks = read_from(KEYS[1], KEYS[2], KEYS[3], seq, most, most_bytes, page)
return {'entries', rows, blocks}
