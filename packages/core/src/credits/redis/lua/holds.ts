/**
 * Pending holds: a line each, by id, and their order of expiry. Of holds that expire together the one that was
 * taken, or renewed, first comes first: its place in line is in front of its id in the sorted set.
 */
export const holdsLua = `
local function load_hold(id)
  local packed = call('HGET', HOLDS, id)
  if not packed then return nil end
  local asked, amount, expires, turn, day, week, month, spend, window, key = string.match(packed,
    '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+) (%S+) (.*)$')
  local hold = { id = id, asked = asked, amount = tonumber(amount), expires = tonumber(expires), turn = turn }
  if key ~= '' then
    hold.key = key
    hold.windows = { day = tonumber(day), week = tonumber(week), month = tonumber(month), lifetime = 0 }
    hold.limits = { spend = tonumber(spend), window = window }
  end
  return hold
end

local function save_hold(hold)
  local windows, limits = hold.windows, hold.limits
  if not windows then
    return plan('HSET', HOLDS, hold.id,
      format('%s %d %d %d 0 0 0 - - ', hold.asked, hold.amount, hold.expires, hold.turn))
  end
  local numbers = format('%s %d %d %d %d %d %d ', hold.asked, hold.amount, hold.expires, hold.turn,
    windows.day, windows.week, windows.month)
  local spend = limits.spend and text(limits.spend) or '-'
  plan('HSET', HOLDS, hold.id, numbers .. spend .. ' ' .. limits.window .. ' ' .. hold.key)
end

local function place_of(hold)
  return format('%015d', hold.turn) .. hold.id
end

local function join_line(account, hold)
  account.turn = account.turn + 1
  hold.turn = account.turn
  if account.expiry == 0 or hold.expires < account.expiry then account.expiry = hold.expires end
  -- It is what they all say it is: nothing that is written fails.
  call('ZCARD', EXPIRY)
  plan('ZADD', EXPIRY, text(hold.expires), place_of(hold))
end
`

/** How a hold ends. */
export const endingsLua = `
local function end_hold(account, hold)
  plan('HDEL', HOLDS, hold.id)
  plan('ZREM', EXPIRY, place_of(hold))
  account.held = account.held - hold.amount
  account.available = account.available + hold.amount
end

local function end_key(hold, spent)
  local key = load_key(hold.key)
  move_in_windows(key, hold.windows, -hold.amount, spent)
  key[CONCURRENCY] = key[CONCURRENCY] - 1
  save_key(hold.key, key)
end

local function give_back(account, hold, op)
  end_hold(account, hold)
  if hold.key then end_key(hold, 0) end
  local row = append_row(account,
    { op = op, ref = hold.id, amount = text(hold.amount), asked = hold.asked, key = hold.key })
  remember_finished(account, hold.id)
  if op == 'expire' then remember_expired(row) end
  return row
end
`

/** Gives back holds that have expired, the oldest first: how many, and how many places in line that were. */
export const expiryLua = `
local function expire_holds(account, limit)
  if account.expiry == 0 or account.expiry > now then return 0, 0 end
  local places = call('ZRANGEBYSCORE', EXPIRY, '-inf', text(now), 'LIMIT', 0, limit)
  local given_back = 0
  for _, place in ipairs(places) do
    local hold = load_hold(string.sub(place, 16))
    if hold and place_of(hold) == place then
      give_back(account, hold, 'expire')
      given_back = given_back + 1
    else
      -- Whose hold is lost would stop all that come after it.
      plan('ZREM', EXPIRY, place)
    end
  end
  account.expiry = tonumber(call('ZRANGE', EXPIRY, #places, #places, 'WITHSCORES')[2]) or 0
  return given_back, #places
end
`

/** What the scripts that take money into holds answer. */
export const grantingLua = `
-- As much as there is, or why the least that will do is not there.
local function grant_amount(account, wanted, minimum, room)
  if account.available < minimum then return nil, 'insufficient' end
  if room and room < minimum then return nil, 'spend_limit' end
  return math.min(math.max(wanted, minimum), account.available, room or account.available)
end

local function refused(account, reason, retry)
  return { '', reason, retry and text(retry) or '', text(account.available), text(account.held) }
end

local function reserved(account, amount, expires, replay)
  return { 'ok', replay or '', amount, expires, text(account.available) }
end
`
