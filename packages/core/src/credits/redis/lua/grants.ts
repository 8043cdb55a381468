/**
 * Credits that end, in the order of their end: `end:row:remaining;` for each, in the account's own hash, because
 * they are few and most accounts have none. Their references are fields beside, because rows may be archived; those
 * of grants from before that are in their rows alone.
 */
export const grantsLua = `
local function grants_of_account()
  local function read_grants(account)
    local grants = {}
    for expires, seq, remaining in string.gmatch(account.grants, '([^:]+):(%d+):(%d+);') do
      grants[#grants + 1] = { expires = expires, seq = tonumber(seq), remaining = tonumber(remaining) }
    end
    return grants
  end

  local function write_grants(account, grants)
    local parts = {}
    for _, grant in ipairs(grants) do
      parts[#parts + 1] = grant.expires .. ':' .. text(grant.seq) .. ':' .. text(grant.remaining) .. ';'
    end
    account.grants = table.concat(parts)
  end

  local function field_of(grant)
    return 'grant:' .. text(grant.seq)
  end

  local function reference_of(grant)
    return call('HGET', ACCOUNT, field_of(grant)) or row_at(text(grant.seq)).ref
  end

  local function left_over(grants)
    local left = {}
    for _, grant in ipairs(grants) do
      if grant.remaining > 0 then left[#left + 1] = grant else plan('HDEL', ACCOUNT, field_of(grant)) end
    end
    return left
  end

  local function add_grant(account, grant, reference)
    plan('HSET', ACCOUNT, field_of(grant), reference)
    local grants = read_grants(account)
    grants[#grants + 1] = grant
    table.sort(grants, function(left, right)
      local first, second = tonumber(left.expires), tonumber(right.expires)
      if first ~= second then return first < second end
      return left.seq < right.seq
    end)
    write_grants(account, grants)
  end

  local function consume_grants(account, amount)
    local grants = read_grants(account)
    for _, grant in ipairs(grants) do
      local taken = math.min(amount, grant.remaining)
      grant.remaining = grant.remaining - taken
      amount = amount - taken
      if amount == 0 then break end
    end
    write_grants(account, left_over(grants))
  end

  -- Takes back what is left of grants that have ended. Credits that calls hold stay theirs until they are over.
  local function end_grants(account)
    local grants, ended = read_grants(account), false
    for _, grant in ipairs(grants) do
      if tonumber(grant.expires) > now or account.available == 0 then break end
      local taken = math.min(grant.remaining, account.available)
      grant.remaining = grant.remaining - taken
      account.available = account.available - taken
      account.topups = account.topups - taken
      append_row(account, { op = 'expire_grant', ref = reference_of(grant), amount = text(taken) })
      ended = true
    end
    if ended then write_grants(account, left_over(grants)) end
    return ended
  end

  return { read = read_grants, reference = reference_of, add = add_grant, consume = consume_grants, finish = end_grants }
end

-- What is spent comes out of the credits that end first.
local function consume_grants(account, amount)
  if account.grants ~= '' then grants_of_account().consume(account, amount) end
end

local function end_grants(account)
  return account.grants ~= '' and account.available > 0 and grants_of_account().finish(account)
end
`
