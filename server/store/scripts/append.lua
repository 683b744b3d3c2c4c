-- Appends one group to a log, whole or not at all: the contract is server/store/event_log.hpp. All checks come first.
-- KEYS  1 the log (stream)  2 what is said of it (hash)  3 its ids (hash)  4 all logs (set)  5 its archive (hash)
--       6 there when it was shredded  7 keys of what it keeps sealed (hash)
-- ARGV  1 'new' when the log must not exist yet, 'repair' when it was found cut  2 expected tip  3 stream id of its entry
--       4 stream id after it
--       5 now, ms, 8 bytes  6 id window  7 id age, ms  8 most entries told as missed  9 most bytes of them
--       10 entries looked at at once  11 name of the log  12 channel of its entries
--       13 how many entries  14 how many ids  15 how many lookups  16 how many keys, then
--       of each entry: stream id, digest and bytes; of each id: id, content hash and tip; of each lookup: id;
--       after all: the tip after the group; of a repair the checkpoint's bytes; of each key: name and bytes
-- A tip is epoch, seq (8 bytes each, big endian) and digest; an id is device and counter (8 bytes each).
local log, meta, ids, logs = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local expected = ARGV[2]
local window, age = tonumber(ARGV[6]), tonumber(ARGV[7])
local entry_count, id_count, lookup_count = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])
local first_entry = 17
local first_id = first_entry + 2 * entry_count
local first_lookup = first_id + 2 * id_count
local last_tip = ARGV[first_lookup + lookup_count]
local repairs = ARGV[1] == 'repair'
local two_32 = 4294967296
-- Before the first entry: epoch 1, seq 0, no digest.
local empty_tip = string.rep('\0', 7) .. '\1' .. string.rep('\0', 40)

-- Numbers of 64 bits do not fit Lua's: they are taken in halves.
local function halves(bytes, at) return struct.unpack('>I4I4', bytes, at or 1) end
local now_high, now_low = halves(ARGV[5])
local now = now_high * two_32 + now_low

local tip = redis.call('HGET', meta, 'tip')
if ARGV[1] == 'new' then
    if tip then return {'exists'} end
    tip = empty_tip
elseif repairs then
    if not tip and redis.call('EXISTS', KEYS[6]) == 1 then return {'missing'} end
    if (tip or empty_tip) ~= expected then return {'refused', tip or empty_tip, 0, {}, {}} end
    if not tip then
        -- What was before is nowhere: nothing of it waits for the archive.
        local lost = tonumber(string.match(ARGV[first_entry], '%d+$')) - 1
        redis.call('HSET', meta, 'archived', string.format('%.0f', lost))
    end
    tip = expected
elseif not tip then
    return {'missing'}
end

-- What is remembered of an id; nil when it is fresh.
local function look_up(id)
    local device, counter = string.sub(id, 1, 8), string.sub(id, 9, 16)
    local high, low = halves(counter)
    if high >= two_32 / 2 then return {id, 'below'} end
    local highest = redis.call('HGET', ids, device)
    if not highest then return nil end
    local highest_high, highest_low = halves(highest)
    local behind = (highest_high - high) * two_32 + (highest_low - low)
    if behind >= window then return {id, 'below'} end
    if behind < 0 then return nil end
    -- One place for all counters that are a window apart: it holds the newest of them.
    local kept = redis.call('HGET', ids, device .. struct.pack('>I2', low % window))
    if not kept or string.sub(kept, 1, 8) ~= counter then return nil end
    local at_high, at_low = halves(kept, 9)
    if now - (at_high * two_32 + at_low) > age then return {id, 'below'} end
    return {id, 'known', string.sub(kept, 17)}
end

local known = {}
for i = 0, repairs and -1 or id_count - 1 do known[#known + 1] = look_up(ARGV[first_id + 2 * i]) end
local id_is_known = #known > 0
for i = 0, lookup_count - 1 do known[#known + 1] = look_up(ARGV[first_lookup + i]) end

if id_is_known or tip ~= expected then
    local is_in_log = expected == tip or expected == empty_tip
    local high, low = halves(expected, 9)
    local seq = high * two_32 + low
    local missed = {}
    if tip ~= expected and seq <= tonumber(redis.call('HGET', meta, 'archived') or '-1') then
        -- What is archived is packed: whether the expected entry is there its block tells, which comes with it.
        local most = tonumber(ARGV[8]) + 1
        local rows, blocks = read_from(log, meta, KEYS[5], math.max(seq, 1), most, tonumber(ARGV[9]), tonumber(ARGV[10]))
        return {'refused', tip, is_in_log and 1 or 0, rows, known, blocks}
    end
    if not is_in_log then
        local row = redis.call('XRANGE', log, ARGV[3], ARGV[3])[1]
        is_in_log = row ~= nil and string.sub(row[2][2], 1, 32) == string.sub(expected, 17)
    end
    if is_in_log and tip ~= expected then
        missed = entries_from(log, ARGV[4], tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]))
    end
    return {'refused', tip, is_in_log and 1 or 0, missed, known}
end

local told = {}
for i = 0, entry_count - 1 do
    local stream_id, entry = ARGV[first_entry + 2 * i], ARGV[first_entry + 2 * i + 1]
    redis.call('XADD', log, stream_id, 'e', entry)
    told[#told + 1] = struct.pack('>I2', #stream_id) .. stream_id .. struct.pack('>I4', #entry) .. entry
end
if ARGV[1] == 'new' or repairs then redis.call('SADD', logs, ARGV[11]) end
if ARGV[1] == 'new' then redis.call('DEL', KEYS[6]) end
if repairs then
    redis.call('HSET', meta, 'checkpoint_tip', last_tip, 'checkpoint', ARGV[first_lookup + lookup_count + 1])
end
if entry_count > 0 then
    -- Where each epoch begins, so that an entry is found by its seq.
    local begun = string.match(ARGV[first_entry], '^%d+')
    if redis.call('HGET', meta, 'epoch') ~= begun then
        local epochs = redis.call('HGET', meta, 'epochs') or ''
        redis.call('HSET', meta, 'epoch', begun, 'epochs', epochs .. ARGV[first_entry] .. ' ')
    end
end
if entry_count > 0 or ARGV[1] == 'new' then redis.call('HSET', meta, 'tip', last_tip) end
for i = 0, id_count - 1 do
    local id, record = ARGV[first_id + 2 * i], ARGV[first_id + 2 * i + 1]
    local device, counter = string.sub(id, 1, 8), string.sub(id, 9, 16)
    local high, low = halves(counter)
    redis.call('HSET', ids, device .. struct.pack('>I2', low % window), counter .. ARGV[5] .. record)
    local highest = redis.call('HGET', ids, device)
    local highest_high, highest_low = 0, 0
    if highest then highest_high, highest_low = halves(highest) end
    if high > highest_high or (high == highest_high and low > highest_low) then
        redis.call('HSET', ids, device, counter)
    end
end
local first_key = first_lookup + lookup_count + (repairs and 2 or 1)
for i = 0, tonumber(ARGV[16]) - 1 do
    redis.call('HSET', KEYS[7], ARGV[first_key + 2 * i], ARGV[first_key + 2 * i + 1])
end
if entry_count > 0 then redis.call('PUBLISH', ARGV[12], table.concat(told)) end
return {'appended', known}
