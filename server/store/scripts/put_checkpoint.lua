-- Keeps a checkpoint unless a newer one is kept; tells how many entries are not in the archive.
-- KEYS  1 what is said of the log (hash)
-- ARGV  1 tip of the checkpoint  2 its bytes
if redis.call('HEXISTS', KEYS[1], 'tip') == 0 then return {'missing'} end
local kept = redis.call('HGET', KEYS[1], 'checkpoint_tip')
if kept then
    local high, low = struct.unpack('>I4I4', ARGV[1], 9)
    local kept_high, kept_low = struct.unpack('>I4I4', kept, 9)
    if high < kept_high or (high == kept_high and low < kept_low) then return {'older'} end
end
redis.call('HSET', KEYS[1], 'checkpoint_tip', ARGV[1], 'checkpoint', ARGV[2])
return {'kept', unarchived(KEYS[1])}
