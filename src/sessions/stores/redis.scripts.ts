import { RedisScript } from '../../redis/redis.script.js';

/** Every script keeps to the keys of one slot. */

/**
 * Puts a session on the list of a subject, unless the subject was revoked since `ARGV[3]`, and drops a few that have run
 * out. An entry only ever comes to last longer: a list may name a session too many, never one too few.
 */
export const ENLIST = new RedisScript(`
  local revoked = redis.call('GET', KEYS[2])
  if revoked and tonumber(string.match(revoked, '^%d+')) >= tonumber(ARGV[3]) then return 0 end
  redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
  local gone = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[4], 'BYSCORE', 'LIMIT', 0, 100)
  if #gone > 0 then redis.call('ZREM', KEYS[1], unpack(gone)) end
  if redis.call('PEXPIRETIME', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
  return 1
`);

/** Marks a subject as revoked at a time, but for the session `ARGV[3]`; a later mark stays. */
export const MARK = new RedisScript(`
  local at, spared, hit = ARGV[1], ARGV[3], ''
  local known = redis.call('GET', KEYS[1])
  if known then
    local kat, kspared, khit = string.match(known, '^(%d+) ?(%S*) ?(%d*)$')
    local later = tonumber(at) >= tonumber(kat)
    if spared ~= '' and spared == kspared then hit = khit
    elseif later then hit = kat
    elseif khit == '' or tonumber(at) > tonumber(khit) then hit = at
    else hit = khit end
    if not later then at, spared = kat, kspared end
  end
  local mark = at
  if spared ~= '' then mark = mark .. ' ' .. spared end
  if spared ~= '' and hit ~= '' then mark = mark .. ' ' .. hit end
  redis.call('SET', KEYS[1], mark, 'PX', ARGV[2])
`);

/** Adds a hash to the places where a session may be. 0: there is no such session. */
export const FOLLOW = new RedisScript(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  redis.call('APPEND', KEYS[1], ' ' .. ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], ARGV[2], 'GT')
  return 1
`);

/** Takes hashes off the places where a session may be. */
export const UNFOLLOW = new RedisScript(`
  local known = redis.call('GET', KEYS[1])
  if not known then return end
  local left = {}
  for hash in string.gmatch(known, '%S+') do
    local keep = true
    for _, gone in ipairs(ARGV) do keep = keep and hash ~= gone end
    if keep then table.insert(left, hash) end
  end
  redis.call('SET', KEYS[1], table.concat(left, ' '), 'KEEPTTL')
`);

const RECORD = `
  local head = redis.call('GETRANGE', KEYS[1], 0, 52)
  local state = string.sub(head, 1, 1)
  local version = tonumber(string.sub(head, 2, 11))
  local seen = string.sub(head, 12, 25)
  local expires = tonumber(string.sub(head, 26, 39))
  local claimed = tonumber(string.sub(head, 40, 53))
`;

export const TOUCH = new RedisScript(`
  ${RECORD}
  if head == '' then return false end
  if tonumber(seen) < tonumber(ARGV[1]) then redis.call('SETRANGE', KEYS[1], 11, ARGV[1]) end
  return 1
`);

export const CLAIM = new RedisScript(`
  ${RECORD}
  local now = tonumber(ARGV[2])
  if state ~= 'l' then return false end
  if version ~= tonumber(ARGV[1]) or expires <= now or claimed > now then return 0 end
  redis.call('SETRANGE', KEYS[1], 39, ARGV[3])
  return 1
`);

export const RELEASE = new RedisScript(`
  ${RECORD}
  if state ~= 'l' then return false end
  if version == tonumber(ARGV[1]) then redis.call('SETRANGE', KEYS[1], 39, ARGV[2]) end
  return 1
`);

/** The record gives way to a newer one in its place. Returns "last seen", which stays the latest. */
export const REPLACE = new RedisScript(`
  ${RECORD}
  if state ~= 'l' or version ~= tonumber(ARGV[1]) or expires <= tonumber(ARGV[2]) then return false end
  redis.call('SET', KEYS[1], string.sub(ARGV[3], 1, 11) .. seen .. string.sub(ARGV[3], 26), 'PXAT', ARGV[4])
  return seen
`);

/** The record leaves its place for another hash: from here on the old token is worth nothing. Returns "last seen". */
export const TAKE = new RedisScript(`
  ${RECORD}
  if state ~= 'l' or version ~= tonumber(ARGV[1]) or expires <= tonumber(ARGV[2]) then return false end
  redis.call('DEL', KEYS[1])
  return seen
`);

/** The record will not come: its new place is free again, unless an attempt before this one has already let it in. */
export const DISCARD = new RedisScript(`
  ${RECORD}
  if state ~= 'p' then return 0 end
  return redis.call('DEL', KEYS[1])
`);

/** The record is in its new place, unless it was deleted on the way. Returns "last seen". */
export const SETTLE = new RedisScript(`
  ${RECORD}
  if state ~= 'p' then return false end
  if tonumber(ARGV[1]) > tonumber(seen) then seen = ARGV[1] end
  redis.call('SETRANGE', KEYS[1], 0, 'l')
  redis.call('SETRANGE', KEYS[1], 11, seen)
  redis.call('PEXPIREAT', KEYS[1], ARGV[2])
  return seen
`);
