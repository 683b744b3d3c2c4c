-- The oldest entries that are to be archived: while more than so many are not, and never all.
-- KEYS  1 the log (stream)  2 what is said of it (hash)
-- ARGV  1 entries that stay in the stream  2 most entries  3 most bytes  4 entries looked at at once
local left = unarchived(KEYS[2])
if left <= tonumber(ARGV[1]) then return {'enough'} end
local said = redis.call('HMGET', KEYS[2], 'epochs', 'archived')
local first = stream_id_of(tonumber(said[2] or '0') + 1, said[1])
local most = math.min(tonumber(ARGV[2]), left - 1)
return {'entries', entries_from(KEYS[1], first, most, tonumber(ARGV[3]), tonumber(ARGV[4]))}
