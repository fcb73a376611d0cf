/// What Redis does in one step with the log: a sorted set, score = number, member = rule, and the marker `filled` with
/// score 0, which says that nothing is missing.
///
/// Lists go in and come out as lines of one text, because rules are lines.
enum MirrorScripts {
    static let marker = "filled"

    /// Rules from a score on, in order. First line: whether the set is filled, and whether these are all.
    ///
    /// A key of another type, and members with impossible scores, which would use the numbers up, are foreign: removed.
    /// Otherwise it only reads, so that a Redis which takes no writes is still heard. A member too long for a rule comes
    /// as an empty line, so that the answer is never longer than the most bytes or than one rule.
    ///
    /// Arguments: lowest score, most rules, most bytes, most bytes of a rule.
    static let read = """
        local kind = redis.call('TYPE', KEYS[1])['ok']
        if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
        if redis.call('ZCOUNT', KEYS[1], '(9007199254740992', '+inf') > 0 then
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '(9007199254740992', '+inf')
        end
        local filled = redis.call('ZSCORE', KEYS[1], 'filled') and '1' or '0'
        local found = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
        local whole = #found < 2 * tonumber(ARGV[2]) and '1' or '0'
        local lines, bytes = {}, 0
        for i = 1, #found, 2 do
            local rule = #found[i] <= tonumber(ARGV[4]) and found[i] or ''
            bytes = bytes + #rule + 32
            if bytes > tonumber(ARGV[3]) and i > 1 then whole = '0' break end
            lines[#lines + 1] = found[i + 1] .. '\\t' .. rule
        end
        return filled .. whole .. '\\n' .. table.concat(lines, '\\n')
        """

    /// Gives a rule, new or known, a number above all others. Answers the number; 0 if the set is not filled, -1 if
    /// there are no numbers left.
    ///
    /// Arguments: highest number that the caller knows, rule.
    static let append = """
        if not redis.call('ZSCORE', KEYS[1], 'filled') then return 0 end
        local top = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        local number = math.max(tonumber(top[2]), tonumber(ARGV[1])) + 1
        if number > 9007199254740992 then return -1 end
        redis.call('ZADD', KEYS[1], string.format('%.0f', number), ARGV[2])
        return number
        """

    /// Puts rules back that are missing, in the order given. One that would come below the highest, where nobody looks
    /// any more, gets a number above it. Answers the numbers that they have now, one a line.
    ///
    /// Arguments: highest number that the caller knows, lines of number and rule.
    static let restore = """
        local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        local top, numbers = tonumber(last[2] or 0), {}
        for line in string.gmatch(ARGV[2], '[^\\n]+') do
            local tab = string.find(line, '\\t', 1, true)
            local number, rule = tonumber(string.sub(line, 1, tab - 1)), string.sub(line, tab + 1)
            local score = redis.call('ZSCORE', KEYS[1], rule)
            if not score then
                if number <= top then number = math.max(top, tonumber(ARGV[1])) + 1 end
                top = number
                score = string.format('%.0f', number)
                redis.call('ZADD', KEYS[1], score, rule)
            end
            numbers[#numbers + 1] = score
        end
        return table.concat(numbers, '\\n')
        """

    /// Gives each rule that is not there a number above all others, in the order given. Answers the numbers that they
    /// have now, one a line: fewer if there are no numbers left, and nothing if the set is not filled.
    ///
    /// Arguments: highest number that the caller knows, lines of anything and rule.
    static let adopt = """
        if not redis.call('ZSCORE', KEYS[1], 'filled') then return '' end
        local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        local top, numbers = math.max(tonumber(last[2]), tonumber(ARGV[1])), {}
        for line in string.gmatch(ARGV[2], '[^\\n]+') do
            local rule = string.sub(line, string.find(line, '\\t', 1, true) + 1)
            local score = redis.call('ZSCORE', KEYS[1], rule)
            if not score then
                top = top + 1
                if top > 9007199254740992 then break end
                score = string.format('%.0f', top)
                redis.call('ZADD', KEYS[1], score, rule)
            end
            numbers[#numbers + 1] = score
        end
        return table.concat(numbers, '\\n')
        """

    /// Puts merged rules at their numbers. Argument: lines of number and rule.
    static let place = """
        for line in string.gmatch(ARGV[1], '[^\\n]+') do
            local tab = string.find(line, '\\t', 1, true)
            redis.call('ZADD', KEYS[1], string.sub(line, 1, tab - 1), string.sub(line, tab + 1))
        end
        return 0
        """

    /// Removes rules that still have the number given. Argument: lines of number and rule.
    static let remove = """
        for line in string.gmatch(ARGV[1], '[^\\n]+') do
            local tab = string.find(line, '\\t', 1, true)
            local rule = string.sub(line, tab + 1)
            local score = redis.call('ZSCORE', KEYS[1], rule)
            if score and tonumber(score) == tonumber(string.sub(line, 1, tab - 1)) then
                redis.call('ZREM', KEYS[1], rule)
            end
        end
        return 0
        """
}
