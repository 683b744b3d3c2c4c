-- An instance goes: what it kept is free at once, and the others are told.
-- KEYS  1 instances (sorted set)  2 leases (hash by march)
-- ARGV  1 own id  2 now by the clock of the marches, ms  3 channel that all instances hear
redis.call('ZREM', KEYS[1], ARGV[1])
local leases = redis.call('HGETALL', KEYS[2])
for i = 1, #leases, 2 do
    if string.match(leases[i + 1], '^%S+') == ARGV[1] then
        redis.call('HSET', KEYS[2], leases[i], '- 0 ' .. ARGV[2])
    end
end
redis.call('PUBLISH', ARGV[3], ARGV[1])
return 1
