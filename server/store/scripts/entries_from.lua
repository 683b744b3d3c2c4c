-- Rows of the stream from this id on: at most so many entries, and so many bytes of them, but at least one.
-- An entry is one field: its digest (32 bytes) and what is stored.
local function entries_from(log, first, most, most_bytes, page)
    local found, bytes = {}, 0
    while #found < most do
        local asked = math.min(page, most - #found)
        local rows = redis.call('XRANGE', log, first, '+', 'COUNT', asked)
        for _, row in ipairs(rows) do
            local size = #row[2][2] - 32
            if #found > 0 and bytes + size > most_bytes then return found end
            bytes = bytes + size
            found[#found + 1] = row
        end
        if #rows < asked then return found end
        first = '(' .. rows[#rows][1]
    end
    return found
end
-- Stream id of the entry with this seq, by where each epoch begins.
local function stream_id_of(seq, epochs)
    local epoch = '0'
    for of_epoch, begins in string.gmatch(epochs or '', '(%d+)-(%d+)') do
        if tonumber(begins) <= seq then epoch = of_epoch end
    end
    return string.format('%s-%.0f', epoch, seq)
end
-- Entries from this seq on, wherever they are: rows of the stream, and blocks of the archive that stand before them,
-- each behind the seq of its first entry. Two blocks at least, when there are: of the first all but one entry may be
-- before this seq.
local function read_from(log, meta, archive, seq, most, most_bytes, page)
    local said = redis.call('HMGET', meta, 'epochs', 'archived', 'blocks')
    local archived = tonumber(said[2] or '0')
    local blocks, bytes = {}, 0
    if seq <= archived then
        local firsts = {}
        for first in string.gmatch(said[3] or '', '%d+') do firsts[#firsts + 1] = first end
        -- All before was lost: a repair begins this log.
        if #firsts == 0 then seq = archived + 1 end
        for i, first in ipairs(firsts) do
            local after = tonumber(firsts[i + 1] or archived + 1)
            if seq < after and most > 0 and (#blocks < 4 or bytes < most_bytes) then
                local block = redis.call('HGET', archive, first) or ''
                blocks[#blocks + 1], blocks[#blocks + 2] = first, block
                bytes, most, seq = bytes + #block, most - (after - seq), after
            end
        end
        if seq <= archived then most = 0 end
    end
    return entries_from(log, stream_id_of(seq, said[1]), most, most_bytes, page), blocks
end
-- Seq of the oldest entry that is not in the archive.
local function oldest(log, meta)
    local said = redis.call('HMGET', meta, 'epochs', 'archived')
    local first = stream_id_of(tonumber(said[2] or '0') + 1, said[1])
    local row = redis.call('XRANGE', log, first, '+', 'COUNT', 1)[1]
    return row and string.match(row[1], '-(%d+)$')
end
-- How many entries of the log are not in its archive.
local function unarchived(meta)
    local said = redis.call('HMGET', meta, 'tip', 'archived')
    if not said[1] then return 0 end
    local high, low = struct.unpack('>I4I4', said[1], 9)
    return high * 4294967296 + low - tonumber(said[2] or '0')
end
