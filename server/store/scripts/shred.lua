-- Deletes all that is kept of a log, and of its march in the lists. A mark stays: it is not repaired.
-- KEYS  1 the log (stream)  2 what is said of it (hash)  3 its ids (hash)  4 all logs (set)  5 its archive (hash)
--       6 the mark  7 leases (hash by march)  8 rows of its campaign (hash by march)
--       9 keys of what it keeps sealed (hash)
-- ARGV  1 name of the log  2 of the march in its campaign  3 how long the mark stays, ms
if redis.call('HEXISTS', KEYS[2], 'tip') == 0 then return {'missing'} end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[5], KEYS[9])
redis.call('SREM', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[7], ARGV[1])
redis.call('HDEL', KEYS[8], ARGV[2])
redis.call('SET', KEYS[6], '1', 'PX', ARGV[3])
return {'shredded'}
