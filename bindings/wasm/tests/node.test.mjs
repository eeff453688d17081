// The packed tarball in a fresh project of Node.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = fileURLToPath(new URL('..', import.meta.url))
const pkg = join(here, 'pkg')
let project

const run = (program, ...args) => execFileSync(program, args, { cwd: project, encoding: 'utf8' })
const script = (code) => run('node', '--input-type=module', '--eval', code).trim()

before(async () => {
  project = await mkdtemp(join(tmpdir(), 'resit-'))
  const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', project], {
    cwd: pkg,
    encoding: 'utf8',
  }).trim()
  await writeFile(join(project, 'package.json'), '{"type":"module","private":true}')
  run('npm', 'install', '--silent', '--offline', '--no-audit', '--no-fund', `./${tarball}`)
})

after(() => rm(project, { recursive: true, force: true }))

test('the entry for Node grades', () => {
  const code = `import { grade, init } from 'resit'
    await init()
    console.log(JSON.stringify(grade('\\\\frac12', '0.5')))`
  assert.deepEqual(JSON.parse(script(code)), {
    correct: true,
    verdict: 'equal',
    formatted: true,
    extracted: '0.5',
    method: 'identical',
    reason: 'equal',
  })
})

test('the entry with the module inside grades', () => {
  const code = `import { grade, init } from 'resit/inline'
    await init()
    console.log(grade('x+1', '1+x').correct, grade('x+1', 'x-1').correct)`
  assert.equal(script(code), 'true false')
})

test('the slim entry is given the module, by its export', () => {
  const code = `import { readFile } from 'node:fs/promises'
    import { fileURLToPath } from 'node:url'
    import { grade, initSync } from 'resit/slim'
    initSync(await readFile(fileURLToPath(import.meta.resolve('resit/resit.wasm'))))
    console.log(grade('2', '2.0').correct)`
  assert.equal(script(code), 'true')
  const missing = `import { init } from 'resit/slim'
    await init().catch((error) => console.log(error.message))`
  assert.match(script(missing), /init\(\) of resit\/slim needs the module/)
})

test('every entry can be imported on a server, and says what is missing', () => {
  const code = `for (const entry of ['resit', 'resit/slim', 'resit/inline', 'resit/element']) await import(entry)
    const { Episode, Grader, grade, readAs } = await import('resit')
    for (const use of [() => grade('1', '1'), () => readAs('1'), () => new Grader(),
      () => new Episode({ question: '', reference: '1' })]) {
      try { use(); console.log('nothing thrown') } catch (error) { console.log(error.message) }
    }`
  const lines = script(code).split('\n')
  assert.deepEqual(lines, Array(4).fill('resit: call init() and await it first'))
})

test('init may be called twice, and again after a failure', () => {
  const code = `import { grade, init } from 'resit'
    await init(new Uint8Array([1, 2, 3])).then(() => console.log('resolved'), () => console.log('rejected'))
    await Promise.all([init(), init()])
    await init()
    console.log(grade('1', '1').correct)`
  assert.equal(script(code), 'rejected\ntrue')
})

test('the types hold', async () => {
  await writeFile(
    join(project, 'use.ts'),
    `import { Episode, Grader, grade, gradeResponse, init, readAs, type Verdict } from 'resit'
import { init as slim } from 'resit/slim'
import { init as inline } from 'resit/inline'
import { define, type ResitQuestion } from 'resit/element'
await init()
await slim(new Uint8Array())
await inline()
const verdict: Verdict = grade('1', '1', { policy: 'default+exact', explain: true })
const correct: boolean = gradeResponse('1', '1').correct
const words: string[] = readAs('1').readings.map((reading) => reading.words)
const grader = new Grader({ policy: { conventions: { units: 'written', rounding: { places: 2 } } }, extract: 'boxed' })
const left: number = new Episode({ question: 'a', reference: 'b' }, { attempts: 3 }).remaining
// @ts-expect-error An answer is a text.
grade('1', 1)
// @ts-expect-error There is no such option.
grade('1', '1', { polcy: 'default' })
define()
const element: ResitQuestion = document.createElement('resit-question')
export { correct, element, grader, left, verdict, words }
`,
  )
  for (const resolution of ['bundler', 'nodenext']) {
    const module = resolution === 'bundler' ? 'es2022' : 'nodenext'
    run('node', join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', 'false',
      '--target', 'es2022', '--lib', 'es2022,dom', '--module', module, '--moduleResolution', resolution, 'use.ts')
  }
})

test('the whole of the conformance suite', async () => {
  await symlink(join(here, 'tests'), join(project, 'tests'))
  const { conformance, suite } = await import('./conformance.mjs')
  const resit = await import(join(project, 'node_modules/resit/node.js'))
  await resit.init()
  const { grading, episodes, differences } = conformance(resit, await suite())
  assert.deepEqual(differences, [])
  assert.ok(grading >= 600, `${grading} grading cases`)
  assert.ok(episodes >= 60, `${episodes} episodes`)
})

test('errors of options and tasks are thrown', async () => {
  const { Episode, Grader, grade, gradeResponse, init } = await import(join(pkg, 'node.js'))
  await init()
  assert.throws(() => grade('1', '1', { policy: 'nobody' }), /there is no policy `nobody`/)
  assert.throws(() => grade('1', '1', { polcy: 'strict' }), /unknown field `polcy`/)
  assert.throws(() => new Grader({ extract: 'somewhere' }), /somewhere/)
  assert.throws(() => grade('1', 1), /answer is not a string/)
  assert.equal(grade('5 cm', '5', { policy: { conventions: { units: 'written' } } }).correct, false)
  assert.equal(grade('5 cm', '5').correct, true)
  assert.throws(() => gradeResponse('1', null), /response is not a string/)
  assert.throws(() => new Episode({ question: '1?', reference: ' ' }), /empty reference/)
  assert.throws(() => Episode.fromJSON('{}'), /episode: missing field/)
  const episode = new Episode({ question: '1?', reference: '1' }, { attempts: 1 })
  assert.equal(episode.step('\\boxed{1}').reward, 1)
  assert.throws(() => episode.step('\\boxed{1}'), /has ended/)
})

test('an episode is data at any step', async () => {
  const { Episode, init } = await import(join(pkg, 'node.js'))
  await init()
  const settings = { attempts: 3, template: 'plain', feedback: 'diagnostic' }
  const episode = new Episode({ question: 'What is -6 × 7?', reference: '-42' }, settings)
  assert.equal(episode.reward, null)
  const outcome = episode.step('\\boxed{42}')
  assert.equal(outcome.status, 'wrong')
  assert.match(outcome.feedback, /Check the signs\. You have 2 attempts left/)
  assert.equal(episode.results[0].judgement.reason, 'sign-differs')
  const form = new Episode({ question: '', reference: '3/4' }, { ...settings, policy: 'default+lowest-terms' })
  assert.match(form.step('\\boxed{6/8}').feedback, /not simplified, or not in the form that is asked for/)
  const again = Episode.fromJSON(JSON.stringify(episode), settings)
  assert.deepEqual(again.toJSON(), episode.toJSON())
  assert.equal(again.remaining, 2)
  assert.equal(again.step('\\boxed{-42}').reward, 1)
  assert.equal(again.stop, 'solved')
  assert.equal(episode.remaining, 2)
  assert.equal(again.fork(1).remaining, 2)
  const other = { ...settings, feedback: 'count' }
  assert.throws(() => Episode.fromJSON(again, other), /under these settings it would have gone another way/)
})

test('what was read is said in LaTeX and in words', async () => {
  const { readAs, init } = await import(join(pkg, 'node.js'))
  await init()
  const { form, readings } = readAs('sqrt(2)/2 + x^2')
  assert.equal(form, 'mathematics')
  assert.equal(readings[0].latex, '\\frac{\\sqrt{2}}{2} + x^{2}')
  assert.equal(readings[0].words, 'the fraction the square root of 2 over 2 end fraction plus x squared')
  assert.deepEqual(readAs(''), { form: 'empty', readings: [] })
  assert.equal(readAs('no idea at all').form, 'words')
})

test('what the README says', async () => {
  const readme = await readFile(join(here, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, code]) => ({ language, code }))
  const page = blocks.find(({ language }) => language === 'html').code
  assert.equal(page, await readFile(join(here, 'examples/page.html'), 'utf8'))
  const whole = await readFile(join(here, '../../README.md'), 'utf8')
  assert.equal(script(/```js\n([\s\S]*?)```/.exec(whole)[1]), '')
  const [first, server] = blocks.filter(({ language }) => language === 'js').map(({ code }) => code)
  const shown = first.replace(/^(grade.*?) \/\/ (.*)$/gm, 'console.log(JSON.stringify([$1, $2]))')
  const pairs = script(shown).split('\n').map((line) => JSON.parse(line))
  assert.equal(pairs.length, 3)
  for (const [found, said] of pairs) assert.equal(found, said)
  await writeFile(join(project, 'server.js'), server)
  const { judge } = await import(join(project, 'server.js'))
  const session = { question: '6 × 7?', reference: '42' }
  const ended = { remaining: 1, ended: true }
  assert.deepEqual(judge(session, '41'), { verdict: 'different', reason: 'value-differs', remaining: 2, ended: false })
  assert.deepEqual(judge(JSON.parse(JSON.stringify(session)), '42'), { verdict: 'equal', reason: 'equal', ...ended })
  assert.deepEqual(judge(session, ''), { verdict: 'different', reason: 'no-answer', remaining: 1, ended: false })
})

test('the sizes', async () => {
  const size = async (name) => gzipSync(await readFile(join(pkg, name)), { level: 9 }).length
  const wasm = await size('resit.wasm')
  const glue = (await size('glue.js')) + (await size('core.js')) + (await size('index.js'))
  assert.ok(wasm < 428_000, `${wasm} bytes of WebAssembly`)
  assert.ok(glue < 5_000, `${glue} bytes of glue`)
})
