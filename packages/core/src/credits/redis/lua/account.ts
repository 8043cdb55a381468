/**
 * What every script begins with: the account's keys by name, the clock, and the account's sums.
 *
 * A Lua number keeps integers up to 2^53-1, the most that an account may hold. `tostring` and `..` keep fourteen
 * digits, so amounts become text by `%d` alone, which is a 64-bit integer here, and amounts that only pass through
 * stay the text they are.
 *
 * A script is compiled once, but each run makes its functions anew, and that is most of what a short one costs. So
 * the pieces of what happens seldom are functions that make theirs when they are called.
 *
 * A script that fails takes nothing back. So it only plans what it writes for as long as it reads and reckons, and
 * `commit` writes it all: rows first, because a ledger that does not fit its account refuses them.
 */
export const accountLua = `
local call, format = redis.call, string.format
local ACCOUNT, HOLDS, EXPIRY, USED = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local LEDGER, REFERENCES, FINISHED, FINISHED_BEFORE = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local EXPIRED, EXPIRED_BEFORE = KEYS[9], KEYS[10]

local function text(amount)
  return format('%d', amount)
end

local function store_time()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local rows, writes = {}, {}

local function plan(...)
  writes[#writes + 1] = { ... }
end

local function commit()
  for index = 1, #rows do call(unpack(rows[index])) end
  for index = 1, #writes do call(unpack(writes[index])) end
end

-- Behind a write that needs no memory a full server lets everything pass: what ends a hold must not be refused.
local function commit_when_full()
  call('ZREM', EXPIRY, '')
  commit()
end

-- Empty but for tests, which turn a clock of their own.
local now = ARGV[1] == '' and store_time() or tonumber(ARGV[1])

local function load_account()
  local fields = call('HMGET', ACCOUNT, 'available', 'held', 'spent', 'topups', 'seq', 'turn', 'grants',
    'period', 'expiry')
  return {
    available = tonumber(fields[1]) or 0,
    held = tonumber(fields[2]) or 0,
    spent = tonumber(fields[3]) or 0,
    topups = tonumber(fields[4]) or 0,
    seq = tonumber(fields[5]) or 0,
    turn = tonumber(fields[6]) or 0,
    grants = fields[7] or '',
    period = tonumber(fields[8]) or 0,
    -- No pending hold ends before that.
    expiry = tonumber(fields[9]) or 0,
  }
end

local function save_account(account)
  local available, held = text(account.available), text(account.held)
  local turn, expiry = text(account.turn), text(account.expiry)
  if #rows == 0 then
    return plan('HSET', ACCOUNT, 'available', available, 'held', held, 'turn', turn, 'expiry', expiry)
  end
  plan('HSET', ACCOUNT, 'available', available, 'held', held, 'turn', turn, 'expiry', expiry,
    'spent', text(account.spent), 'topups', text(account.topups), 'seq', text(account.seq),
    'grants', account.grants, 'period', text(account.period))
end
`
