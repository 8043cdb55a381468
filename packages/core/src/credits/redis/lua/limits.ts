/** Whether limits let a call pass, as in engine/check-money.ts and engine/check-rates.ts. */
export const limitsLua = `
-- How soon what calls under way hold is looked for again.
local HELD = 1000

-- Of several that refuse, the one that must be waited for longest, and the first of those that last alike.
local function longest(refusal, reason, lasts, id, window)
  if refusal and refusal.lasts >= lasts then return refusal end
  return { reason = reason, lasts = lasts, id = id, window = window }
end

-- What of the available may be held: what the tightest limit on spending leaves of it.
local function affordable(available, sets, usages, windows)
  local most = available
  for index, set in ipairs(sets) do
    local usage = usages[index]
    for name, limit in pairs(set.spend or {}) do
      local at = open_window(usage, name, windows)
      most = math.min(most, tonumber(limit) - usage[at + 1] - usage[at + 2])
    end
  end
  return math.max(most, 0)
end

-- Why so much is not affordable. What a hold that wants more has itself does not come back to it.
local function refuse_money(account, sets, usages, windows, minimum, own)
  -- The first day, since the epoch, of a month that is counted since the year 0.
  local function month_begin(month)
    local year, of_year = math.floor(month / 12), month % 12 - 2
    if of_year < 0 then year, of_year = year - 1, of_year + 12 end
    local era = math.floor(year / 400)
    local of_era = year - era * 400
    local days = of_era * 365 + math.floor(of_era / 4) - math.floor(of_era / 100)
    return era * 146097 + days + math.floor((153 * of_year + 2) / 5) - 719468
  end

  local function window_end(name)
    if name == 'day' then return (windows.day + 1) * DAY end
    if name == 'week' then return ((windows.week + 1) * 7 - 3) * DAY end
    return name == 'month' and month_begin(windows.month + 1) * DAY or math.huge
  end

  local function refuse_spending(refusal, name, limit, set, usage)
    local at = open_window(usage, name, windows)
    local spent, held = usage[at + 1], usage[at + 2]
    if limit - spent - held >= minimum then return refusal end
    local own_amount = own and own.windows[name] == windows[name] and own.amount or 0
    if limit - spent - own_amount >= minimum then return longest(refusal, 'spend_held', HELD, set.id, name) end
    return longest(refusal, 'spend_limit', window_end(name) - now, set.id, name)
  end

  local refusal
  if account.available < minimum then
    local comes_back = account.held - (own and own.amount or 0)
    refusal = longest(nil, 'insufficient', account.available + comes_back < minimum and math.huge or HELD)
  end
  for index, set in ipairs(sets) do
    for _, name in ipairs({ 'lifetime', 'month', 'week', 'day' }) do
      local limit = set.spend and tonumber(set.spend[name])
      if limit then refusal = refuse_spending(refusal, name, limit, set, usages[index]) end
    end
  end
  return refusal
end

-- Two fixed windows: the previous one counts by the share of it that the last sixty seconds still hold.
local function turn_minute(usage)
  local minute = math.floor(now / MINUTE)
  if usage[AT_MINUTE] == minute then return end
  local follows = usage[AT_MINUTE] == minute - 1
  usage[REQUESTS_BEFORE] = follows and usage[REQUESTS] or 0
  usage[TOKENS_BEFORE] = follows and usage[TOKENS] or 0
  usage[REQUESTS], usage[TOKENS], usage[AT_MINUTE] = 0, 0, minute
end

-- For how long so many in this minute are too many; nothing when they are not.
local function too_many_for(limit, before, wanted)
  local into = now % MINUTE
  if not limit or before * (1 - into / MINUTE) + wanted <= limit then return nil end
  -- When enough of the previous window has left, or else the end of this one and what is left of it then.
  if wanted > limit or before <= 0 then return MINUTE - into end
  return math.max(1, math.ceil((1 - (limit - wanted) / before) * MINUTE - into))
end

-- Every limit but those on money: what refuses, if anything lasts longer than what does already.
local function check_rates(sets, usages, tokens, refusal)
  for index, set in ipairs(sets) do
    local usage = usages[index]
    turn_minute(usage)
    local requests = too_many_for(set.rpm, usage[REQUESTS_BEFORE], usage[REQUESTS] + 1)
    if requests then refusal = longest(refusal, 'rpm', requests, set.id) end
    local reserved = too_many_for(set.tpm, usage[TOKENS_BEFORE], usage[TOKENS] + tokens)
    if reserved then refusal = longest(refusal, 'tpm', reserved, set.id) end
    if set.concurrency and usage[CONCURRENCY] >= set.concurrency then
      refusal = longest(refusal, 'concurrency', HELD, set.id)
    end
  end
  return refusal
end
`
