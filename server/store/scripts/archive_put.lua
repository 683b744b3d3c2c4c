-- Puts a block into the archive, where the next one belongs: one that is in use is never written over. Reads it back.
-- KEYS  1 the log (stream)  2 what is said of it (hash)  3 its archive (hash)
-- ARGV  1 seq of the block's first entry  2 the block
if oldest(KEYS[1], KEYS[2]) ~= ARGV[1] then return {'moved'} end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
local kept = redis.call('HGET', KEYS[3], ARGV[1])
return {'put', kept, redis.sha1hex(kept)}
