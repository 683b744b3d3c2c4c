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
