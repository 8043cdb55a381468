/**
 * What each access key has used: 18 numbers, packed, one field a key in the account's hash of them. The three of
 * a window of spend are its own (days, Mondays or months since the epoch), what was spent in it, and what its
 * holds reserve.
 */
export const accessKeysLua = `
local DAY, MINUTE = 86400000, 60000
local CONCURRENCY, AT_MINUTE, REQUESTS, TOKENS, REQUESTS_BEFORE, TOKENS_BEFORE = 1, 2, 3, 4, 5, 6
local WINDOWS = { day = 7, week = 10, month = 13, lifetime = 16 }
local NUMBERS = '<dddddddddddddddddd'

local function windows_now()
  local day = math.floor(now / DAY)
  -- The proleptic Gregorian month, counted in eras of 400 years that begin in March, so that February ends the year.
  local shifted = day + 719468
  local era = math.floor(shifted / 146097)
  local of_era = shifted - era * 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
    - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = (year + era * 400) * 12 + math.floor((5 * of_year + 2) / 153) + 2
  -- The epoch began on a Thursday, three days after a Monday.
  return { day = day, week = math.floor((day + 3) / 7), month = month, lifetime = 0 }
end

-- As this script has changed them.
local changed_keys = {}

local function load_key(id)
  if changed_keys[id] then return changed_keys[id] end
  local packed = call('HGET', USED, id)
  if packed then return { struct.unpack(NUMBERS, packed) } end
  return { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
end

local function save_key(id, key)
  changed_keys[id] = key
  plan('HSET', USED, id, struct.pack(NUMBERS, unpack(key, 1, 18)))
end

-- Where the numbers of the present window are; those of a past one begin anew.
local function open_window(key, name, windows)
  local at = WINDOWS[name]
  if key[at] ~= windows[name] then key[at], key[at + 1], key[at + 2] = windows[name], 0, 0 end
  return at
end

-- Moves amounts in every window that is still the one they were counted in.
local function move_in_windows(key, windows, held, spent)
  for name, at in pairs(WINDOWS) do
    if key[at] == windows[name] then
      key[at + 1] = key[at + 1] + spent
      key[at + 2] = key[at + 2] + held
    end
  end
end
`

/** What a key may still do. */
export const keyLimitsLua = `
-- Two fixed windows: the previous one counts by the share of it that the last sixty seconds still hold.
local function turn_minute(key)
  local minute = math.floor(now / MINUTE)
  if key[AT_MINUTE] == minute then return end
  local follows = key[AT_MINUTE] == minute - 1
  key[REQUESTS_BEFORE] = follows and key[REQUESTS] or 0
  key[TOKENS_BEFORE] = follows and key[TOKENS] or 0
  key[REQUESTS], key[TOKENS], key[AT_MINUTE] = 0, 0, minute
end

-- Why so many in this minute are too many, and for how long; nothing when they are not.
local function over(limit, reason, before, wanted)
  local into = now % MINUTE
  if not limit or before * (1 - into / MINUTE) + wanted <= limit then return nil end
  -- When enough of the previous window has left, or else the end of this one and what is left of it then.
  if wanted > limit or before <= 0 then return reason, MINUTE - into end
  return reason, math.max(1, math.ceil((1 - (limit - wanted) / before) * MINUTE - into))
end

-- Every limit but the one on money; nothing when the call may go.
local function check_key(key, limits)
  turn_minute(key)
  if limits.concurrency and key[CONCURRENCY] >= limits.concurrency then return 'concurrency', 1000 end
  local reason, retry = over(limits.rpm, 'rpm', key[REQUESTS_BEFORE], key[REQUESTS] + 1)
  if reason then return reason, retry end
  return over(limits.tpm, 'tpm', key[TOKENS_BEFORE], key[TOKENS] + limits.tokens)
end

-- What the key may still spend in its window; nothing when it has no such limit.
local function spend_room(key, limits, windows)
  if not limits.spend then return nil end
  local at = open_window(key, limits.window, windows)
  return math.max(0, limits.spend - key[at + 1] - key[at + 2])
end
`
