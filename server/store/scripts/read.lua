-- Reads entries by their seq.
-- KEYS  1 the log (stream)  2 what is said of it (hash)
-- ARGV  1 seq of the first  2 most entries  3 most bytes  4 entries looked at at once
local said = redis.call('HMGET', KEYS[2], 'tip', 'epochs')
if not said[1] then return {'missing'} end
local from, epoch = tonumber(ARGV[1]), '0'
for of_epoch, begins in string.gmatch(said[2] or '', '(%d+)-(%d+)') do
    if tonumber(begins) <= from then epoch = of_epoch end
end
return {'entries', entries_from(KEYS[1], epoch .. '-' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]))}
