-- Renews what an instance keeps, takes what nobody keeps up to a fair share, gives back what is beyond it.
-- KEYS  1 instances (sorted set: id by the end of its life)  2 leases (hash by march)  3 all logs (set)
-- ARGV  1 own id  2 life of a lease, ms  3 now by the clock of the marches, ms  4 most given back at once
--       5 how long an instance that fell silent counts as lost, ms
-- A lease is `holder end kept`: end by Redis' clock, kept by the clock of the marches.
local me, life, clock, most_back = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[5]))
if redis.call('ZADD', KEYS[1], now + life, me) == 1 then
    -- Who comes takes the place of one that was lost: the one that has been gone for longest.
    local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)
    if gone[1] then redis.call('ZREM', KEYS[1], gone[1]) end
end
local lost = redis.call('ZCOUNT', KEYS[1], '-inf', now)

local mine, free, campaigns, marches = {}, {}, {}, 0
for _, log in ipairs(redis.call('SMEMBERS', KEYS[3])) do
    if string.find(log, '/', 1, true) then
        marches = marches + 1
        local holder, ends, kept = string.match(redis.call('HGET', KEYS[2], log) or '', '^(%S+) (%S+) (%S+)$')
        if holder == me then
            mine[#mine + 1] = {log, kept}
        elseif not holder or tonumber(ends) <= now then
            free[#free + 1] = {log, kept or '0'}
        end
    else
        campaigns[#campaigns + 1] = log
    end
end

local share = math.ceil(marches / (redis.call('ZCARD', KEYS[1]) - lost))
while #mine > share and most_back > 0 do
    local given = table.remove(mine)
    -- Nobody's from now on: whoever has room takes it.
    redis.call('HSET', KEYS[2], given[1], '- 0 ' .. clock)
    most_back = most_back - 1
end
for _, one in ipairs(free) do
    if #mine >= share then break end
    mine[#mine + 1] = one
end
for _, one in ipairs(mine) do
    redis.call('HSET', KEYS[2], one[1], me .. ' ' .. string.format('%d', now + life) .. ' ' .. clock)
end
return {mine, campaigns, lost}
