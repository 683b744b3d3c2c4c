-- Deletes keys of what a log keeps sealed: nobody opens it any more.
-- KEYS  1 what is said of the log (hash)  2 its keys (hash)
-- ARGV  the names
if redis.call('HEXISTS', KEYS[1], 'tip') == 0 then return {'missing'} end
local dropped = 0
for _, name in ipairs(ARGV) do dropped = dropped + redis.call('HDEL', KEYS[2], name) end
return {'dropped', dropped}
