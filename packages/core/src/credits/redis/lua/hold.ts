/**
 * Takes a hold: every check first, and only then every change. The arguments behind the eighth are those of an
 * access key and missing for a call without one; what is not limited is empty.
 */
export const holdLua = `
local id, asked, minimum, ttl, made_at = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local share_of, share_at_least, key_id = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9] or ''
local limits = key_id ~= '' and {
  spend = tonumber(ARGV[10]), window = ARGV[11], rpm = tonumber(ARGV[12]), tpm = tonumber(ARGV[13]),
  concurrency = tonumber(ARGV[14]), tokens = tonumber(ARGV[15]),
}

local account = load_account()
local known = load_hold(id)
if known then
  if known.asked ~= asked or (known.key or '') ~= key_id then return refused(account, 'id_conflict') end
  return reserved(account, text(known.amount), text(known.expires), 'replay')
end
if made_at and made_at < now - RETENTION then return refused(account, 'id_too_old') end
-- What is refused for its age need not be looked for among what expired long ago.
local finished = finished_row(id) or not made_at and expired_row(id)
if finished then
  if finished.asked ~= asked or finished.key ~= key_id then return refused(account, 'id_conflict') end
  return reserved(account, finished.asked, finished.at, 'replay')
end

expire_holds(account, EXPIRED_ON_THE_WAY)
end_grants(account)
local is_changed = #rows + #writes > 0

-- A refusal is no reason to take that back.
local function refused_now(reason, retry)
  if is_changed then
    save_account(account)
    commit()
  end
  return refused(account, reason, retry)
end

local key, windows
if limits then
  key, windows = load_key(key_id), windows_now()
  local reason, retry = check_key(key, limits)
  if reason then return refused_now(reason, retry) end
end
local wanted = tonumber(asked)
if share_of then
  local share = (account.available - math.fmod(account.available, share_of)) / share_of
  wanted = math.min(wanted, math.max(share_at_least, share))
end
local granted, reason = grant_amount(account, wanted, minimum, limits and spend_room(key, limits, windows))
if not granted then return refused_now(reason) end

local hold = { id = id, asked = asked, amount = granted, expires = now + ttl }
if limits then
  for name in pairs(WINDOWS) do open_window(key, name, windows) end
  move_in_windows(key, windows, granted, 0)
  key[CONCURRENCY] = key[CONCURRENCY] + 1
  key[REQUESTS] = key[REQUESTS] + 1
  key[TOKENS] = key[TOKENS] + limits.tokens
  save_key(key_id, key)
  hold.key, hold.windows, hold.limits = key_id, windows, limits
end
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

local key
if to_amount > hold.amount then
  if hold.key then key = load_key(hold.key) end
  local room = key and spend_room(key, hold.limits, windows_now())
  local granted, reason = grant_amount(account, to_amount - hold.amount, math.max(minimum - hold.amount, 0), room)
  if not granted then return refused(account, reason) end
  if key then
    move_in_windows(key, hold.windows, granted, 0)
    save_key(hold.key, key)
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
