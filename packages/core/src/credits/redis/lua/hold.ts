/**
 * Takes a hold: every check first, and only then every change. The argument behind the ninth is the sets of limits as
 * JSON, and missing for a call without any.
 */
export const holdLua = `
local id, asked, minimum, ttl, made_at = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local share_of, share_at_least, tokens = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local limits = ARGV[10] or ''
local sets = read_limits(limits)

-- All ids as one text: where a list in front of the first ends, is clear.
local function ids_in(row)
  return (row.others or '') .. ' ' .. row.key
end

local function ids_of(sets)
  return ids_in({ key = first_id(sets), others = other_ids(sets) })
end

local account = load_account()
local known = load_hold(id)
if known then
  if known.asked ~= asked or ids_of(known.sets) ~= ids_of(sets) then return refused(account, 'id_conflict') end
  return reserved(account, text(known.amount), text(known.expires), 'replay')
end
if made_at and made_at < now - RETENTION then return refused(account, 'id_too_old') end
-- What is refused for its age need not be looked for among what expired long ago.
local finished = finished_row(id) or not made_at and expired_row(id)
if finished then
  if finished.asked ~= asked or ids_in(finished) ~= ids_of(sets) then return refused(account, 'id_conflict') end
  return reserved(account, finished.asked, finished.at, 'replay')
end

expire_holds(account, EXPIRED_ON_THE_WAY)
end_grants(account)
local is_changed = #rows + #writes > 0

local usages, windows = {}, nil
if #sets > 0 then windows = windows_now() end
for index, set in ipairs(sets) do usages[index] = load_usage(set.id) end
local most = affordable(account.available, sets, usages, windows)
local refusal
if most < minimum then refusal = refuse_money(account, sets, usages, windows, minimum) end
refusal = check_rates(sets, usages, tokens, refusal)
if refusal then
  -- That is no reason to take back what was done on the way.
  if is_changed then
    save_account(account)
    commit()
  end
  return refused_for(account, refusal)
end

local wanted = tonumber(asked)
if share_of then
  local share = (most - math.fmod(most, share_of)) / share_of
  wanted = math.min(wanted, math.max(share_at_least, share))
end
local granted = math.min(math.max(wanted, minimum), most)
for index, set in ipairs(sets) do
  local usage = usages[index]
  for name in pairs(WINDOWS) do open_window(usage, name, windows) end
  move_in_windows(usage, windows, granted, 0)
  usage[CONCURRENCY] = usage[CONCURRENCY] + 1
  usage[REQUESTS] = usage[REQUESTS] + 1
  usage[TOKENS] = usage[TOKENS] + tokens
  save_usage(set.id, usage)
end
local hold = { id = id, asked = asked, amount = granted, expires = now + ttl, limits = limits, windows = windows }
account.available = account.available - granted
account.held = account.held + granted
join_line(account, hold)
save_hold(hold)
save_account(account)
commit()
return reserved(account, text(granted), text(hold.expires))
`

/** Grows a pending hold under the checks on money, or renews it; refused, it stays as it was. */
export const extendLua = `
local id, to_amount, minimum, ttl = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local account = load_account()
local hold = load_hold(id)
if not hold or hold.expires <= now then return refused(account, 'not_pending') end

if to_amount > hold.amount then
  local sets, usages, windows = hold.sets, {}, nil
  if #sets > 0 then windows = windows_now() end
  for index, set in ipairs(sets) do usages[index] = load_usage(set.id) end
  local most = affordable(account.available, sets, usages, windows)
  local more = math.max(minimum - hold.amount, 0)
  if most < more then return refused_for(account, refuse_money(account, sets, usages, windows, more, hold)) end
  local granted = math.min(math.max(to_amount - hold.amount, more), most)
  for index, set in ipairs(sets) do
    move_in_windows(usages[index], hold.windows, granted, 0)
    save_usage(set.id, usages[index])
  end
  account.available = account.available - granted
  account.held = account.held + granted
  hold.amount = hold.amount + granted
end
if ttl then
  plan('ZREM', EXPIRY, place_of(hold))
  hold.expires = now + ttl
  join_line(account, hold)
end
save_hold(hold)
save_account(account)
commit()
return reserved(account, text(hold.amount), text(hold.expires))
`
