import type { Act } from './acts.js'
import { drawnAct, drawnRest } from './act-choice.js'
import { perform } from './acting.js'
import { guarded } from './guarded.js'
import type { Random } from './random.js'
import { settled } from './scheduler.js'
import { newStrand } from './strand.js'
import { fair } from './weather.js'
import type { World } from './world.js'

/** Lets somebody act, through one of the processes that serve people; they may repeat themselves. */
export const begin = (world: World, act: Act, patience: number): void => {
  const { stage, processes } = world
  const { random, scheduler, tally, time } = stage
  const process = processes.api()
  const strand = newStrand(process, `${act.by.name} (${act.kind})`)
  stage.trace(() => `${act.by.name} wants to ${describe(world, act)}`)
  const isFair = stage.weather() === fair
  void guarded(stage, async () => {
    const answer = await perform(world, strand, act)
    stage.trace(() => `${act.by.name} is answered: ${answer}`)
    tally.count('answers', `${act.kind} ${answer}`)
    if (isFair && answer === 'Unavailable')
      stage.report(
        'tamperedStopsNobody',
        `${act.by.name} is put off without a fault: ${describe(world, act)}`,
      )
    if (answer === 'done' && random.chance(0.5)) processes.wakeWorkers()
    const again = answer === 'Unavailable' || answer === 'Throttled' ? 0.8 : 0.05
    if (patience === 0 || !random.chance(again)) return
    scheduler.add({
      owner: null,
      readyAt: time.elapsed() + random.between(0, 20_000),
      go: async () => begin(world, act, patience - 1),
    })
  })
}

const describe = ({ known }: World, act: Act): string => {
  switch (act.kind) {
    case 'submit':
    case 'eraseSubject':
    case 'eraseActor':
      return `${act.kind} ${act.userId}`
    case 'preview':
    case 'retryBatch':
    case 'withdrawBatch':
      return `${act.kind} ${act.batch}`
    case 'approveBatch':
    case 'denyBatch':
      return `${act.kind} ${act.shown.id}, of ${act.shown.members.size}, from ${act.after ?? 'the beginning'} on`
    case 'list':
    case 'listBatches':
      return `${act.kind} ${JSON.stringify(act.filter)}`
    case 'approve':
    case 'withdraw':
    case 'retry':
    case 'get':
    case 'history':
    case 'deny':
    case 'close':
      return `${act.kind} ${known.labelOf(act.id)}`
  }
}

/** Everything goes on at once, and goes wrong as the weather has it. */
export const storm = async (world: World): Promise<void> => {
  const { stage } = world
  const { random, scheduler, tally, time } = stage
  const rate = random.pick([0.02, 0.05, 0.1])
  const crowd = random.between(1, 5)
  let acts = random.between(8, 24)
  for (let step = random.between(100, 260); step > 0 && stage.violation() === null; step -= 1) {
    await settled()
    tally.count('steps', 'storm')
    if (acts > 0 && scheduler.waiting('api') < crowd && random.chance(0.3)) {
      acts -= 1
      const act = drawnAct(world)
      begin(world, act, 3)
      // Somebody clicks twice.
      if (random.chance(0.1)) begin(world, act, 0)
      for (const next of drawnRest(world, act)) begin(world, next, 3)
    } else if (random.chance(rate)) {
      await happen(world)
    } else {
      const turn = scheduler.take()
      if (turn === null) time.pass((scheduler.nextAt() ?? 0) - time.elapsed() + drawnLull(random))
      else await guarded(stage, turn.go)
    }
    time.pass(
      random.weighted([
        [8, random.below(200)],
        [2, random.below(3000)],
        [0.2, random.below(60_000)],
      ]),
    )
  }
}

/** While everybody waits, time passes: sometimes long enough for what was put off to come up again. */
const drawnLull = (random: Random): number =>
  random.weighted([
    [6, random.below(5000)],
    [1, random.below(3_600_000)],
    [1, random.below(2 * 86_400_000)],
  ])

/** Something happens that nobody in the system asked for. */
const happen = async (world: World): Promise<void> => {
  const { stage, park, processes, tampering } = world
  const { random, tally, time, trace } = stage
  const tenant = random.pick(world.tenants)
  const configured = park.configured(tenant.id)
  const kind = random.weighted([
    [3, 'forward'],
    [3, 'backward'],
    [stage.weather().crash > 0 ? 6 : 0, 'crash'],
    [2, 'replace'],
    [2, 'configure'],
    [3, 'remove'],
    [3, 'share'],
    [2, 'sign'],
    [tampering.goesOn() ? 3 : 0, 'tamper'],
  ] as const)
  switch (kind) {
    case 'forward':
      tally.fault('clock jumped far forward')
      return time.pass(random.pick([1, 24, 24 * 20]) * 3_600_000)
    case 'backward':
      tally.fault('clock set back')
      return time.setClocks(-random.between(1, 600_000))
    case 'crash':
      return processes.crashOne()
    case 'replace':
      return processes.replaceWorker()
    case 'configure': {
      const missing = park.available(tenant.id).filter(holder => !configured.includes(holder))
      if (missing.length === 0) return
      tally.fault('holder configured')
      return park.configure(tenant.id, [...configured, random.pick(missing)])
    }
    case 'remove': {
      if (configured.length === 0) return
      tally.fault('holder removed')
      const gone = random.pick(configured)
      return park.configure(
        tenant.id,
        configured.filter(holder => holder !== gone),
      )
    }
    case 'share': {
      const profile = random.pick(tenant.profiles)
      if (!park.share(tenant, profile)) return
      tally.fault('profile shared anew')
      return trace(() => `${profile.userId} is shared with ${tenant.label} anew`)
    }
    case 'sign': {
      if (configured.length === 0) return
      const holder = random.pick(configured)
      const { signedOut } = holder.conductOf(tenant.id)
      trace(() => `${holder.name} ${signedOut ? 'was signed in to' : 'needs a sign-in'}`)
      return holder.changeConduct(tenant.id, { signedOut: !signedOut })
    }
    case 'tamper':
      return guarded(stage, tampering.tamper)
  }
}
