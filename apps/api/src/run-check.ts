import type { CheckWish } from '@lethe/adapter-postgres'
import type { RemovalRequestId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type BadConfig, decodeConfig } from './config.js'
import { createLog } from './log.js'
import { openStore } from './open-store.js'

/**
 * Checks every stored request of the tenants that are served, or of one, against its history. What is wrong is on standard
 * output, a line each: tenant, request, what; the sums are on standard error.
 *
 * @returns whether everything is as it should be.
 */
export const runCheck = async (
  { tenantId, ...wish }: CheckWish & { readonly tenantId: TenantId | null },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<E.Either<BadConfig, boolean>> => {
  const config = decodeConfig(environment, null)
  if (E.isLeft(config)) return config
  const opened = await openStore(config.right, 'api', createLog(config.right.logLevel))
  if (E.isLeft(opened)) return opened
  const { check, close } = opened.right
  try {
    if (check === null)
      return badConfig('LETHE_DATABASE_URL: expected a database: memory: keeps nothing to check')
    const tenants = config.right.tenants.filter(each => tenantId === null || each === tenantId)
    if (tenants.length === 0) return badConfig('--tenant: expected one of LETHE_TENANTS')
    const sums = { checked: 0, wrong: 0, sealed: 0, rebuilt: 0 }
    for (const tenant of tenants) {
      let after: RemovalRequestId | null = null
      do {
        const part = await check(tenant, after, wish)()
        if (E.isLeft(part)) return badConfig('LETHE_DATABASE_URL: expected a database that stays in reach')
        for (const { requestId, kind } of part.right.findings)
          process.stdout.write(`${tenant} ${requestId} ${kind}\n`)
        sums.checked += part.right.checked
        sums.wrong += part.right.findings.length
        sums.sealed += part.right.sealed
        sums.rebuilt += part.right.rebuilt
        after = part.right.next
      } while (after !== null)
    }
    const did = [
      ...(wish.seal ? [`, ${sums.sealed} sealed`] : []),
      ...(wish.rebuild ? [`, ${sums.rebuilt} rebuilt`] : []),
    ].join('')
    process.stderr.write(`${sums.checked} requests checked${did}, ${sums.wrong} findings.\n`)
    return E.right(sums.wrong === 0)
  } finally {
    await close()
  }
}

const badConfig = (mistake: string): E.Either<BadConfig, never> =>
  E.left({ _tag: 'BadConfig', mistakes: [mistake] })
