import { readFile } from 'node:fs/promises'
import { decodeConfig } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { validate as isDeployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment'
import { validate as isJob } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job'
import { validate as isConfigMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap'
import { validate as isService } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service'
import { validate as isIngress } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress'
import { validate as isNetworkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy'
import { validate as isPodDisruptionBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { decoded } from './making/decoded.js'
import { secretNames } from './making/settings.js'
import { withUnreadNames } from './making/unread-names.js'

const text = await readFile(new URL('../../../deploy/kubernetes.yaml', import.meta.url), 'utf8')

const Labels = t.record(t.string, t.string)
const Named = t.type({ apiVersion: t.string, kind: t.string, metadata: t.type({ name: t.string }) })
const Probe = t.type({ httpGet: t.type({ path: t.string, port: t.union([t.string, t.number]) }) })
const Container = t.intersection([
  t.type({
    image: t.string,
    args: t.array(t.string),
    resources: t.type({
      requests: t.type({ cpu: t.string, memory: t.string }),
      limits: t.type({ memory: t.string }),
    }),
    securityContext: t.UnknownRecord,
  }),
  t.partial({
    env: t.array(t.type({ name: t.string, value: t.string })),
    envFrom: t.array(t.UnknownRecord),
    livenessProbe: Probe,
    readinessProbe: Probe,
  }),
])
const Pod = t.type({
  metadata: t.type({ labels: Labels }),
  spec: t.intersection([
    t.type({
      containers: t.tuple([Container]),
      enableServiceLinks: t.boolean,
      automountServiceAccountToken: t.boolean,
      securityContext: t.UnknownRecord,
    }),
    t.partial({ terminationGracePeriodSeconds: t.number }),
  ]),
})
const Workload = t.type({ kind: t.string, metadata: Named.props.metadata, spec: t.type({ template: Pod }) })
const Selecting = t.type({
  metadata: Named.props.metadata,
  spec: t.type({ selector: t.type({ matchLabels: Labels }) }),
})
const ConfigMap = t.type({ kind: t.literal('ConfigMap'), data: Labels })

const schemas = new Map<string, (data: unknown) => boolean>([
  ['apps/v1 Deployment', isDeployment],
  ['batch/v1 Job', isJob],
  ['v1 ConfigMap', isConfigMap],
  ['v1 Service', isService],
  ['networking.k8s.io/v1 Ingress', isIngress],
  ['networking.k8s.io/v1 NetworkPolicy', isNetworkPolicy],
  ['policy/v1 PodDisruptionBudget', isPodDisruptionBudget],
])

/** What is wrong with an object by its schema; empty where nothing is. */
const mistakesIn = (object: unknown): ReadonlyArray<string> => {
  const { apiVersion, kind } = decoded(Named)(object)
  const validate = schemas.get(`${apiVersion} ${kind}`)
  if (validate === undefined) return [`${apiVersion} ${kind} has no schema here`]
  const [valid, unread] = withUnreadNames(validate, object)
  return [...(valid ? [] : ['does not fit its schema']), ...unread.map(name => `${name} is not known`)]
}

const objects = parseAllDocuments(text).map(document => decoded(t.unknown)(document.toJSON()))
const named = objects.map(decoded(Named))
const workloads = objects.filter(Workload.is).filter(({ kind }) => kind !== 'ConfigMap')
const workload = (name: string) => {
  const found = workloads.find(({ metadata }) => metadata.name === name)
  if (found === undefined) throw new Error(`No workload ${name}`)
  return found
}

describe('the file for Kubernetes', () => {
  test.each(named.map((object, index) => [`${object.kind} ${object.metadata.name}`, index] as const))(
    '%s fits its schema, and has no name that the schema does not have',
    (_name, index) => {
      expect(mistakesIn(objects[index])).toEqual([])
    },
  )

  test('would not get past the check with a name misspelt, or a value of another type', () => {
    const misspelt = decoded(t.UnknownRecord)(
      objects.find(object => Named.is(object) && object.kind === 'Service'),
    )
    expect(mistakesIn({ ...misspelt, spec: { ports: [{ port: 80, targetport: 'http' }] } })).toEqual([
      'spec.ports.0.targetport is not known',
    ])
    expect(mistakesIn({ ...misspelt, spec: { ports: [{ port: 'http' }] } })).toEqual([
      'does not fit its schema',
    ])
  })

  test('says that it was not tried', () => {
    expect(text).toContain('Not tried on a cluster')
  })

  test.each(['lethe-api', 'lethe-worker', 'lethe-migrate'])(
    '%s runs with no more rights than it needs',
    name => {
      const { spec } = workload(name).spec.template
      expect(spec.enableServiceLinks).toBe(false)
      expect(spec.automountServiceAccountToken).toBe(false)
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    },
  )

  test('starts the API, a worker and a migration, of one image', () => {
    expect(workloads.map(({ metadata, kind }) => `${kind} ${metadata.name}`).toSorted()).toEqual([
      'Deployment lethe-api',
      'Deployment lethe-worker',
      'Job lethe-migrate',
    ])
    const containers = workloads.map(({ spec }) => spec.template.spec.containers[0])
    expect(new Set(containers.map(({ image }) => image)).size).toBe(1)
    expect(containers.map(({ args }) => args.join(' ')).toSorted()).toEqual([
      '--role api',
      '--role worker',
      'migrate',
    ])
  })

  test('restarts nothing because of the database or Graph, and sends requests to what is ready', () => {
    for (const name of ['lethe-api', 'lethe-worker']) {
      const [container] = workload(name).spec.template.spec.containers
      expect(container.livenessProbe?.httpGet.path).toBe('/healthz/live')
      expect(container.readinessProbe?.httpGet.path).toBe('/healthz/ready')
    }
  })

  test('gives each process the settings that it needs, and they fit each other', () => {
    const settings = decoded(ConfigMap)(objects.find(ConfigMap.is)).data
    const fromSecret = {
      LETHE_DATABASE_URL: 'postgres://lethe:secret@postgres/lethe',
      LETHE_HISTORY_KEYS: `2026-11:${Buffer.alloc(32).toString('base64')}`,
    }
    for (const name of ['lethe-api', 'lethe-worker']) {
      const [{ env = [] }] = workload(name).spec.template.spec.containers
      const given = Object.fromEntries(env.map(({ name: setting, value }) => [setting, value]))
      const config = decodeConfig({ ...settings, ...fromSecret, ...given })
      expect(E.isLeft(config) ? config.left.mistakes : []).toEqual([])
    }
  })

  test('has no secret in it: they come by reference', () => {
    expect(named.map(({ kind }) => kind)).not.toContain('Secret')
    const settings = decoded(ConfigMap)(objects.find(ConfigMap.is)).data
    const inline = workloads.flatMap(({ spec }) => spec.template.spec.containers[0].env ?? [])
    const names = [...Object.keys(settings), ...inline.map(({ name }) => name)]
    expect(names.filter(name => secretNames.has(name))).toEqual([])
    const references = (name: string) => workload(name).spec.template.spec.containers[0].envFrom
    expect(references('lethe-api')).toContainEqual({ secretRef: { name: 'lethe' } })
    expect(references('lethe-worker')).toContainEqual({ secretRef: { name: 'lethe' } })
    // The processes of Lethe never have the owner's password.
    expect(references('lethe-migrate')).toEqual([{ secretRef: { name: 'lethe-owner' } }])
  })

  test('keeps one of each while a node is drained, and lets a process finish', () => {
    const budgets = objects
      .filter(Named.is)
      .filter(({ kind }) => kind === 'PodDisruptionBudget')
      .map(decoded(Selecting))
    for (const name of ['lethe-api', 'lethe-worker']) {
      const { template } = workload(name).spec
      const budget = budgets.find(({ metadata }) => metadata.name === name)
      expect(template.metadata.labels).toMatchObject(budget?.spec.selector.matchLabels ?? { none: '' })
      // LETHE_DRAIN_SECONDS and LETHE_SHUTDOWN_SECONDS as they are by default, and two seconds to record.
      expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(5 + 10 + 2)
    }
  })
})
