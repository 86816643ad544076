import * as E from 'fp-ts/lib/Either.js'
import { messagesOf } from '../refusal-messages.js'
import { defaultServer } from '../server-address.js'
import type { SingleRefusal } from '../refusal.js'
import { chooseContext, readAsked, serverAlone } from '../sign-in/choose-context.js'
import { type Check, failed, lookAgain, ok, warning } from './check.js'

/** As bin/lethe.js has it. */
const oldestNode = '22.1'

/** Whether Node is new enough. */
export const nodeCheck: Check = {
  name: 'node',
  look: async ({ io }) => {
    const version = io.nodeVersion
    return {
      examined: isAtLeast(version, oldestNode)
        ? ok(`Node ${version}.`)
        : warning(`Node ${version} is too old.`, `Install Node ${oldestNode} or newer.`),
    }
  },
}

const isAtLeast = (version: string, oldest: string): boolean =>
  version.localeCompare(oldest, 'en', { numeric: true }) >= 0

/** Whether what is written arrives as it is: names of people are seldom ASCII. */
export const terminalCheck: Check = {
  name: 'terminal',
  look: async ({ io }) => {
    const locale = [io.env['LC_ALL'], io.env['LC_CTYPE'], io.env['LANG']].find(isSet)
    if (!io.stdout.isTerminal) return { examined: ok('Results go to a file or a pipe, in UTF-8.') }
    return {
      examined:
        locale === undefined || /utf-?8/i.test(locale)
          ? ok('The terminal takes UTF-8.')
          : warning(
              'The locale is not one of UTF-8, so names may be shown wrongly.',
              'Set LC_ALL to a locale of UTF-8, such as C.UTF-8.',
            ),
    }
  },
}

/** Whether a proxy is named, and could be one. */
export const proxyCheck: Check = {
  name: 'proxy',
  look: async ({ io }) => {
    const { readProxySettings } = await import('@lethe/standalone/network')
    const settings = readProxySettings(io.env)
    if (E.isLeft(settings)) {
      const { variable } = settings.left
      return {
        examined: failed(
          { _tag: 'ProxyMalformed', variable },
          `${variable} does not hold the http or https URL of a proxy.`,
          `Correct ${variable}, such as to http://proxy.example:8080, or unset it.`,
        ),
      }
    }
    const { proxy } = settings.right
    return {
      examined: ok(
        proxy === null
          ? 'No proxy is set.'
          : `The proxy of ${proxy.variable} is used, but for this machine and what NO_PROXY names.`,
      ),
      learned: { proxies: settings.right },
    }
  },
}

/** Whether certificates are looked at. */
export const trustCheck: Check = {
  name: 'trust',
  look: async ({ io: { env } }) => ({
    examined:
      env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
        ? warning(
            'NODE_TLS_REJECT_UNAUTHORIZED is 0: anybody on the way can read your token.',
            'Unset it, and name the certificate of your own authority in NODE_EXTRA_CA_CERTS.',
          )
        : ok('Certificates are verified.'),
  }),
}

/** Whether the address can be Lethe's. */
export const addressCheck: Check = {
  name: 'address',
  look: async ({ io, typedServer, context: name }) => {
    const options = { server: typedServer, context: name }
    // As every command has it: with a token of its own and a server, the contexts are not read.
    const alone = isSet(io.env['LETHE_TOKEN']) ? E.map(serverAlone)(readAsked(io, options)) : E.right(null)
    if (E.isRight(alone) && alone.right !== null)
      return found(alone.right, typedServer, alone.right, undefined)
    const chosen = await chooseContext(io, options)()
    if (E.isLeft(chosen))
      return { examined: failed(chosen.left, messagesOf(chosen.left).join(' '), adviceFor(chosen.left)) }
    const { wanted, context } = chosen.right
    const address = wanted.server ?? context?.server ?? defaultServer
    return found(address, typedServer, wanted.server, context?.name)
  },
}

const found = (
  address: string,
  typed: string | null,
  wanted: string | null,
  context: string | undefined,
) => ({
  examined: ok(`${address}, from ${originOf(typed, wanted, context)}.`),
  learned: { address },
})

const adviceFor = ({ _tag }: SingleRefusal): string =>
  _tag === 'UsageMistake' || _tag === 'InsecureServer'
    ? 'Use the address that whoever runs Lethe gave you, such as https://lethe.example.com, or choose a context: lethe context list.'
    : lookAgain

const originOf = (typed: string | null, wanted: string | null, context: string | undefined): string => {
  if (typed !== null) return '--server'
  if (wanted !== null) return 'LETHE_SERVER'
  return context === undefined ? 'the default' : `the context ${context}`
}

const isSet = (value: string | undefined): value is string => value !== undefined && value !== ''
