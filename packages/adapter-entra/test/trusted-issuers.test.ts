import { personalAccountTenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { entraTokens, type IssuerMistake, trustedIssuers } from '../src/index.js'
import { contoso, northwind, stranger } from './tokens.js'

describe('the table of trusted issuers', () => {
  it('expands {tenantid} over the served tenants and that of the personal accounts', () => {
    expect(trustedIssuers([contoso, northwind], ['https://login.example/{tenantid}/v2.0'])).toEqual(
      E.right(
        new Map([
          [`https://login.example/${contoso}/v2.0`, contoso],
          [`https://login.example/${northwind}/v2.0`, northwind],
          [`https://login.example/${personalAccountTenantId}/v2.0`, personalAccountTenantId],
        ]),
      ),
    )
  })

  it('takes an entry without the placeholder for the tenant that it names, exactly as it is written', () => {
    expect(trustedIssuers([contoso], [`https://sts.example/${contoso}/`])).toEqual(
      E.right(new Map([[`https://sts.example/${contoso}/`, contoso]])),
    )
  })

  it('takes an issuer that names its one tenant in its host as well, as those at ciamlogin.com do', () => {
    const named = `https://${contoso}.ciamlogin.com/${contoso}/v2.0`
    expect(trustedIssuers([contoso], [named])).toEqual(E.right(new Map([[named, contoso]])))
    expect(trustedIssuers([contoso], ['https://{tenantid}.ciamlogin.com/{tenantid}/v2.0'])).toEqual(
      E.right(
        new Map([
          [named, contoso],
          [
            `https://${personalAccountTenantId}.ciamlogin.com/${personalAccountTenantId}/v2.0`,
            personalAccountTenantId,
          ],
        ]),
      ),
    )
  })

  it.each<[IssuerMistake, string]>([
    ['notAnIssuerUrl', 'login.example'],
    ['notAnIssuerUrl', `ftp://login.example/${contoso}/`],
    ['notAnIssuerUrl', `https://login.example/${contoso}/?a=b`],
    ['notAnIssuerUrl', `https://login.example/${contoso}/#`],
    ['notAnIssuerUrl', `https://me:secret@login.example/${contoso}/`],
    ['notAnIssuerUrl', ` https://login.example/${contoso}/`],
    ['notOneTenant', 'https://login.example/common/v2.0'],
    ['notOneTenant', `https://login.example/${contoso}/${northwind}/`],
    ['notOneTenant', `https://login.example/${contoso}/{tenantid}/`],
    ['notOneTenant', 'https://login.example/{tenantid}/{tenantid}/'],
    ['notOneTenant', 'https://{tenantid}.login.example/'],
    ['notOneTenant', `https://${northwind}.ciamlogin.com/${contoso}/v2.0`],
    ['notOneTenant', `https://${contoso}.ciamlogin.com/{tenantid}/v2.0`],
    ['notOneTenant', `https://${contoso}.ciamlogin.com/`],
    ['notOneTenant', `https://login.example/x${contoso}/`],
    ['notOneTenant', 'https://login.example/AAAAAAAA-1111-4111-8111-111111111111/'],
    ['tenantNotServed', `https://login.example/${stranger}/`],
  ])('refuses an entry (%s), and points at it', (mistake, entry) => {
    expect(trustedIssuers([contoso, northwind], ['https://login.example/{tenantid}/', entry])).toEqual(
      E.left([{ _tag: 'BadIssuer', index: 1, mistake }]),
    )
  })

  it('reports every bad entry at once', () => {
    expect(trustedIssuers([contoso], ['nonsense', 'https://login.example/{tenantid}/', 'rubbish'])).toEqual(
      E.left([
        { _tag: 'BadIssuer', index: 0, mistake: 'notAnIssuerUrl' },
        { _tag: 'BadIssuer', index: 2, mistake: 'notAnIssuerUrl' },
      ]),
    )
  })

  it('is not verified against when an entry is bad, and the complaint does not repeat the entry', () => {
    const withBadIssuer = () =>
      entraTokens({ tenants: [contoso], issuers: ['nonsense'], audiences: [], clock: () => 0, fetch })
    expect(withBadIssuer).toThrow('entry 0 notAnIssuerUrl')
    expect(withBadIssuer).not.toThrow('nonsense')
  })
})
