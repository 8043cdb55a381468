/** Charges a hold once, also one that has expired; a repeat gets the first outcome. */
export const settleLua = `
local id, model, fee, wanted, meta = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[7]
local takes_available = ARGV[6] == 'extend'
-- Above 2^53 it has lost digits, but only ever loses to a limit that has not.
local cost = tonumber(wanted)

local function charge(account, row, limit)
  local charged = math.min(cost, limit)
  account.available = account.available - charged
  account.spent = account.spent + charged
  consume_grants(account, charged)
  row.ref, row.amount, row.wanted, row.model, row.fee, row.meta = id, text(charged), wanted, model, fee, meta
  return charged
end

local function record(account, row)
  append_row(account, row)
  remember_finished(account, id)
  if row.op == 'settle_late' then remember_expired(row) end
  save_account(account)
  commit_when_full()
  return { '', row.op, row.amount, row.wanted, row.seq }
end

local account = load_account()
local hold = load_hold(id)
if hold and hold.expires > now then
  -- The hold is given back first, so that the charge is one subtraction from what is there.
  end_hold(account, hold)
  local row = { op = 'settle', asked = hold.asked, key = first_id(hold.sets), others = other_ids(hold.sets) }
  local charged = charge(account, row, takes_available and account.available or hold.amount)
  end_usages(hold, charged)
  return record(account, row)
end

local finished
if hold then finished = give_back(account, hold, 'expire') else finished = finished_row(id) or expired_row(id) end
if not finished then return {} end
if finished.op ~= 'expire' then return outcome_of(finished) end

-- The answer was delivered although its hold had expired: the cost is real, as far as there is money.
local row = { op = 'settle_late', asked = finished.asked, key = finished.key, others = finished.others }
local charged = charge(account, row, account.available)
if finished.key and finished.key ~= '' then
  local ids = finished.others and cjson.decode(finished.others) or {}
  table.insert(ids, 1, finished.key)
  local windows = windows_now()
  for _, counted in ipairs(ids) do
    local usage = load_usage(counted)
    for name in pairs(WINDOWS) do open_window(usage, name, windows) end
    move_in_windows(usage, windows, 0, charged)
    save_usage(counted, usage)
  end
end
return record(account, row)
`

/** Gives a hold back once; a repeat, or a release after a settlement, gets the first outcome. */
export const releaseLua = `
local id = ARGV[2]
local hold = load_hold(id)
if not hold then
  local finished = finished_row(id) or expired_row(id)
  return finished and outcome_of(finished) or {}
end
local account = load_account()
local row = give_back(account, hold, 'release')
save_account(account)
commit_when_full()
return { '', 'release', row.amount, '', row.seq }
`

/** What the row of a finished hold says of it, for a repeat. */
export const outcomeLua = `
local function outcome_of(row)
  return { 'replay', row.op, row.amount, row.wanted, row.seq }
end
`
