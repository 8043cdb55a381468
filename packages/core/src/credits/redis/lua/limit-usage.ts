/**
 * What each set of limits has counted: 18 numbers, packed, one field a set in the account's hash of them. The three of
 * a window of spend are its own (days, Mondays or months since the epoch), what was spent in it, and what its
 * holds reserve.
 */
export const limitUsageLua = `
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
local changed_usages = {}

local function load_usage(id)
  if changed_usages[id] then return changed_usages[id] end
  local packed = call('HGET', USED, id)
  if packed then return { struct.unpack(NUMBERS, packed) } end
  return { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
end

local function save_usage(id, usage)
  changed_usages[id] = usage
  plan('HSET', USED, id, struct.pack(NUMBERS, unpack(usage, 1, 18)))
end

-- Where the numbers of the present window are; those of a past one begin anew.
local function open_window(usage, name, windows)
  local at = WINDOWS[name]
  if usage[at] ~= windows[name] then usage[at], usage[at + 1], usage[at + 2] = windows[name], 0, 0 end
  return at
end

-- Moves amounts in every window that is still the one they were counted in.
local function move_in_windows(usage, windows, held, spent)
  for name, at in pairs(WINDOWS) do
    if usage[at] == windows[name] then
      usage[at + 1] = usage[at + 1] + spent
      usage[at + 2] = usage[at + 2] + held
    end
  end
end
`
