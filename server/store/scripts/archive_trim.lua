-- Takes from the stream what a block of the archive holds: the very block that was verified, and the very entries.
-- KEYS  1 the log (stream)  2 what is said of it (hash)  3 its archive (hash)
-- ARGV  1 seq of the block's first entry  2 of its last  3 SHA-1 of the block
--       4 stream id of its last entry  5 the digest of that, which covers all before  6 stream id after it
if oldest(KEYS[1], KEYS[2]) ~= ARGV[1] then return {'moved'} end
if redis.sha1hex(redis.call('HGET', KEYS[3], ARGV[1]) or '') ~= ARGV[3] then return {'moved'} end
local row = redis.call('XRANGE', KEYS[1], ARGV[4], ARGV[4])[1]
if not row or string.sub(row[2][2], 1, 32) ~= ARGV[5] then return {'moved'} end
-- Said first: should the trim be refused, entries stand twice, and go with those of the next block.
redis.call('HSET', KEYS[2], 'archived', ARGV[2], 'blocks', (redis.call('HGET', KEYS[2], 'blocks') or '') .. ARGV[1] .. ' ')
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[6])
return {'trimmed'}
