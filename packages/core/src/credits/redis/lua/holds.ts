/**
 * Pending holds: a line each, by id, and their order of expiry. Of holds that expire together the one that was
 * taken, or renewed, first comes first: its place in line is in front of its id in the sorted set.
 */
export const holdsLua = `
-- The sets of limits of a hold, as their JSON says.
local function read_limits(limits)
  return limits == '' and {} or cjson.decode(limits)
end

local function load_hold(id)
  local line = call('HGET', HOLDS, id)
  if not line then return nil end
  local asked, amount, expires, turn, day, week, month, limits = string.match(line,
    '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
  if not asked then error('the hold ' .. id .. ' is not readable') end
  return { id = id, asked = asked, amount = tonumber(amount), expires = tonumber(expires), turn = turn,
    windows = { day = tonumber(day), week = tonumber(week), month = tonumber(month), lifetime = 0 },
    limits = limits, sets = read_limits(limits) }
end

local function save_hold(hold)
  local windows = hold.windows or { day = 0, week = 0, month = 0 }
  local numbers = format('%s %d %d %d %d %d %d ', hold.asked, hold.amount, hold.expires, hold.turn,
    windows.day, windows.week, windows.month)
  plan('HSET', HOLDS, hold.id, numbers .. hold.limits)
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

local function end_usages(hold, spent)
  for _, set in ipairs(hold.sets) do
    local usage = load_usage(set.id)
    move_in_windows(usage, hold.windows, -hold.amount, spent)
    usage[CONCURRENCY] = usage[CONCURRENCY] - 1
    save_usage(set.id, usage)
  end
end

-- As rows name the sets of limits: the first by itself, all others as a list.
local function first_id(sets)
  return sets[1] and sets[1].id or ''
end

local function other_ids(sets)
  if #sets < 2 then return nil end
  local ids = {}
  for index = 2, #sets do ids[index - 1] = sets[index].id end
  return cjson.encode(ids)
end

local function give_back(account, hold, op)
  end_hold(account, hold)
  end_usages(hold, 0)
  local row = append_row(account, { op = op, ref = hold.id, amount = text(hold.amount), asked = hold.asked,
    key = first_id(hold.sets), others = other_ids(hold.sets) })
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
local function refused(account, reason)
  return { '', reason, '', text(account.available), text(account.held), '', '' }
end

-- Credits that calls hold are the account's to tell.
local function refused_for(account, refusal)
  local waits = refusal.reason ~= 'insufficient' and refusal.lasts < math.huge
  return { '', refusal.reason, waits and text(refusal.lasts) or '', text(account.available), text(account.held),
    refusal.id or '', refusal.window or '' }
end

local function reserved(account, amount, expires, replay)
  return { 'ok', replay or '', amount, expires, text(account.available) }
end
`
