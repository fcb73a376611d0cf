-- What PowerDNS runs for a name that leads to the nearest region that is well. deploy/dns puts the regions in and
-- writes all of it, without these comments, into the zone as the record that the others include.
-- Not `pickclosest`: it looks for the regions' own addresses in the geographic database, and measures in degrees, which
-- are short near the poles and end at the date line.
-- It is cut into strings between words, so that no literal may hold a space, and % is the backend's own.

regions = { @regions@ }

-- Nobody answers at the broadcast address; where it is among the answers, no other was well.
nobody = '255.255.255.255'

-- The cosine of the angle between two places, seen from the middle of the earth: the greater, the nearer.
function closeness(region, north, east)
    local one, other = math.rad(north), math.rad(region.north)
    return math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(math.rad(east - region.east))
end

-- In the order of their distance from the client, or as they are given where its place is unknown.
function order()
    local north, east = string.match(latlon(), '([-.0-9]+)[^-.0-9]+([-.0-9]+)')
    north, east = tonumber(north), tonumber(east)
    local sorted = {}
    for index, region in ipairs(regions) do
        sorted[index] = region
        region.index = index
        region.closeness = 0
        if north ~= 0 or east ~= 0 then region.closeness = closeness(region, north, east) end
    end
    table.sort(sorted, function(one, other)
        if one.closeness == other.closeness then return one.index < other.index end
        return one.closeness > other.closeness
    end)
    return sorted
end

-- Those of a region's addresses of one kind that are well; nil where none is.
function well(region, kind)
    local addresses = ifurlup(region.url, { region[kind], { nobody } },
        { selector = 'all', backupSelector = 'all', timeout = '@timeout@' })
    for _, address in ipairs(addresses) do
        if address == nobody then return nil end
    end
    return addresses
end

-- A region is well if one address of each kind that it has is: A and AAAA lead to the same one. All of them are asked
-- about each time, for this is also what makes PowerDNS look after them.
function health()
    local healthy = {}
    for _, region in ipairs(regions) do
        healthy[region.name] = true
        for _, one in ipairs({ 'a', 'aaaa' }) do
            if #region[one] > 0 and not well(region, one) then healthy[region.name] = false end
        end
    end
    return healthy
end

-- What deploy/dns check asks for: a region's addresses, or nobody's while it is not well.
function state(name)
    if not health()[name] then return { nobody } end
    for _, region in ipairs(regions) do
        if region.name == name then return region.a end
    end
end

function answers(first, kind)
    local sorted, healthy, found = order(), health(), nil
    for _, region in ipairs(sorted) do
        if healthy[region.name] and (found == nil or region.name == first) then found = region end
    end
    if found then
        if #found[kind] == 0 then return {} end
        return well(found, kind) or found[kind]
    end
    -- None is: PowerDNS may just have started, and else the first choice is as good as any.
    for _, region in ipairs(sorted) do
        if found == nil or region.name == first then found = region end
    end
    return found[kind]
end
