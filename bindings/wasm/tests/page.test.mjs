// The demo page, the element in a plain page and in React, as people use them.
import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { faults } from './axe.mjs'
import { launch, serve, watched } from './chromium.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))
const pictures = process.env.RESIT_PICTURES
let browser
let site

before(async () => {
  browser = await launch()
  site = await serve({ '/': join(here, 'site') })
})

after(async () => {
  await browser?.close()
  await site?.close()
})

async function open(use, options = {}, address = `${site.address}/`) {
  const { page, errors } = await watched(browser, { locale: 'en-GB', reducedMotion: 'reduce', ...options })
  try {
    await page.goto(address)
    await use(page)
  } finally {
    await page.close()
    assert.deepEqual(errors, [])
  }
}

const picture = (page, name) =>
  pictures && page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })

const inside = (page, selector) => page.locator(`resit-question ${selector}`)
const status = (page) => inside(page, '.said')
const left = (page) => inside(page, '.left')

/** Waits until a text is shown: the machine may be slow. */
async function shows(locator, expected) {
  for (const end = Date.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const text = await locator.innerText()
    if (typeof expected === 'string' ? text === expected : expected.test(text)) return
    if (Date.now() > end) assert.fail(`${JSON.stringify(text)} is not ${expected}`)
  }
}

/** Types an answer into whichever field is there, and waits until it is read. */
async function type(page, answer) {
  const field = page.locator('resit-question').locator('math-field, input')
  await field.evaluate((element, answer) => {
    element.value = answer
    element.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }, answer)
  await page.waitForTimeout(350)
}

const submit = (page) => page.locator('resit-question').getByRole('button', { name: /Submit|Abgeben|Valider/ }).click()

test('a person answers wrongly, unreadably, and at last rightly', () =>
  open(async (page) => {
    await page.locator('resit-question math-field').waitFor()
    await shows(inside(page, '[part=question]'), 'What is ¾ + ½?')
    // MathLive takes keys once it has the focus, which is later than the field is there.
    for (let tries = 0; tries < 5 && !(await inside(page, 'math-field').evaluate((field) => field.value)); tries++) {
      await inside(page, 'math-field').click()
      await page.waitForTimeout(300)
      await page.keyboard.type('4/6')
      await page.waitForTimeout(300)
    }
    await shows(page.locator('resit-question #read'), /Read as/)
    await picture(page, 'typing')
    await page.keyboard.press('Enter')
    await shows(status(page), /✗ Wrong – Its value is not right\./)
    await shows(left(page), '2 attempts left')
    await type(page, '\\frac{5}{\\placeholder{}}')
    await submit(page)
    await shows(status(page), /\? Could not read .* This did not cost an attempt\./)
    await shows(left(page), '2 attempts left')
    await type(page, '-1.25')
    await submit(page)
    await shows(status(page), /✗ Wrong – Check the signs\./)
    await shows(left(page), '1 attempt left')
    await type(page, '1.25')
    await submit(page)
    await shows(status(page), /✓ Correct/)
    await shows(left(page), 'Reward 1')
    assert.equal(await page.locator('resit-question li').count(), 3)
    await page.locator('#dialogue summary').click()
    const dialogue = await page.locator('#transcript').innerText()
    assert.match(dialogue, /\\boxed\{-1\.25\}/)
    assert.match(dialogue, /Check the signs\. You have 1 attempts left/)
    assert.match(dialogue, /\[Reward 1\]$/)
    assert.doesNotMatch(dialogue.split('1.25').at(0), /5\/4/)
    await picture(page, 'solved')
    await page.getByRole('button', { name: 'Next question' }).click()
    await page.waitForFunction(() => document.querySelector('resit-question').getAttribute('policy') === 'default+lowest-terms')
    await page.locator('resit-question math-field').waitFor()
    await type(page, '\\frac{6}{8}')
    await submit(page)
    await shows(status(page), /≈ Right value, wrong form – Write it in the form that is asked for\./)
    await picture(page, 'form')
  }))

test('all attempts are used up, and nothing shows the reference', () =>
  open(async (page) => {
    await page.locator('resit-question math-field').waitFor()
    for (const answer of ['1', '2', '3']) {
      await type(page, answer)
      await submit(page)
    }
    await shows(status(page), /✗ Wrong – Its value is not right\. No attempts left\./)
    await shows(left(page), 'Reward -0.5')
    assert.ok(await page.locator('resit-question button').isDisabled())
    const seen = (await page.locator('body').innerText()) +
      (await page.locator('resit-question').evaluate((element) => element.shadowRoot.textContent))
    assert.doesNotMatch(seen, /5\/4|1\.25/)
    await page.getByRole('button', { name: 'Start again' }).click()
    await page.waitForFunction(() => !document.querySelector('resit-question').shadowRoot.querySelector('button').disabled)
    await shows(left(page), '3 attempts left')
  }))

test('the whole way by the keyboard', () =>
  open(async (page) => {
    await page.locator('resit-question math-field').waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content')
    for (let i = 0; i < 4; i++) await page.keyboard.press('Tab')
    const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.localName)
    assert.equal(await focused(), 'math-field')
    await page.keyboard.type('5/4')
    await page.keyboard.press('Enter')
    await shows(status(page), /✓ Correct/)
    assert.equal(await focused(), 'math-field')
  }))

test('German and French, with a decimal comma', () =>
  open(async (page) => {
    await page.locator('#language').selectOption('de')
    await page.locator('resit-question math-field').waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'de')
    await type(page, '1,2')
    await shows(page.locator('resit-question #read'), /Gelesen als\s+1,2/)
    await submit(page)
    await shows(status(page), /✗ Falsch – Der Wert stimmt nicht\./)
    await shows(left(page), 'noch 2 Versuche')
    await type(page, '1{,}25')
    await submit(page)
    await shows(status(page), /✓ Richtig/)
    await picture(page, 'german')
    await page.locator('#language').selectOption('fr')
    await page.locator('resit-question math-field').waitFor()
    await type(page, '1,25')
    await submit(page)
    await shows(status(page), /✓ Juste/)
  }))

test('two expressions are compared, and the way is shown', () =>
  open(async (page) => {
    await page.getByRole('link', { name: 'Compare' }).click()
    await page.locator('#decision .equal').waitFor()
    await shows(page.locator('#decision'), /Equal[\s\S]*by exact arithmetic or a proof/)
    await shows(page.locator('#sides'), /the cube root of/)
    await page.locator('#right').fill('2.414')
    await page.getByRole('button', { name: 'Decide' }).click()
    await page.locator('#decision .different').waitFor()
    await shows(page.locator('#decision'), /Different[\s\S]*value-differs/)
    await picture(page, 'compare')
  }))

test('a file of one’s own', () =>
  open(async (page) => {
    await page.getByText('Settings and questions of your own').click()
    const file = (text) => ({ name: 'q.jsonl', mimeType: 'application/json', buffer: Buffer.from(text) })
    await page.locator('#file').setInputFiles(file('nothing'))
    await shows(page.locator('#fileSaid'), 'There is no question in this file.')
    await page.locator('#file').setInputFiles(file('{"question": "How many legs has a spider?", "reference": "8"}\nnoise\n'))
    await shows(page.locator('#fileSaid'), '1 question was read.')
    await page.locator('resit-question math-field').waitFor()
    await type(page, '8\\text{ legs}')
    await submit(page)
    await shows(status(page), /✓ Correct/)
  }))

test('without a network after the first load', () =>
  open(async (page) => {
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.waitForFunction(async () => (await caches.keys()).length === 1 && navigator.serviceWorker.controller)
    await page.context().setOffline(true)
    await page.reload()
    await page.locator('resit-question math-field').waitFor()
    await type(page, '5/4')
    await submit(page)
    await shows(status(page), /✓ Correct/)
  }))

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing, and 320 pixels are enough: ${colorScheme}`, () =>
    open(
      async (page) => {
        await page.locator('resit-question math-field').waitFor()
        await type(page, '\\frac{11}{4}')
        await submit(page)
        for (const view of ['#practise', '#compare']) {
          await page.goto(`${site.address}/${view}`)
          if (view === '#compare') await page.locator('#decision .equal').waitFor()
          await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)))
          const width = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(width <= 320, `${view} is ${width} pixels wide`)
          assert.deepEqual(await faults(page), [])
          const small = await page.evaluate(() => {
            const all = [...document.querySelectorAll('button, select, input, summary, nav a')]
            const inner = [...document.querySelector('resit-question').shadowRoot.querySelectorAll('button, input, math-field')]
            return [...all, ...inner]
              .filter((element) => element.offsetParent && element.getBoundingClientRect().height < 44)
              .map((element) => element.outerHTML.slice(0, 80))
          })
          assert.deepEqual(small, [])
          await picture(page, `${view.slice(1)}-${colorScheme}`)
        }
      },
      { viewport: { width: 320, height: 640 }, colorScheme },
    ))
}

test('axe would find a field without a label, in the element too', () =>
  open(async (page) => {
    await page.locator('resit-question math-field').waitFor()
    await page.evaluate(() => document.querySelector('resit-question').shadowRoot.append(document.createElement('input')))
    assert.match((await faults(page)).join(), /label/)
  }))

test('the page of the README: a plain field, under a Content-Security-Policy', async () => {
  const server = await serve({ '/resit/': join(here, 'pkg'), '/': join(here, 'examples') }, {
    'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  })
  try {
    await open(
      async (page) => {
        await page.waitForFunction(() => !document.querySelector('resit-question').shadowRoot?.querySelector('button')?.disabled)
        assert.equal((await inside(page, 'slot').evaluate((slot) => slot.assignedNodes()[0].textContent)).trim(),
          'A rectangle is 3 cm by 4 cm. What is its area in cm²?')
        await page.evaluate(() => document.addEventListener('verdict', (event) => (globalThis.told = event.detail.status)))
        const field = page.getByLabel('Your answer')
        await field.fill('13')
        await field.press('Enter')
        assert.equal(await page.evaluate(() => globalThis.told), 'wrong')
        await shows(left(page), '2 attempts left')
        await field.fill('3·4')
        await field.press('Enter')
        assert.equal(await page.evaluate(() => globalThis.told), 'correct')
        await picture(page, 'plain')
      },
      {},
      `${server.address}/page.html`,
    )
  } finally {
    await server.close()
  }
})

test('a server grades, and the page does not hold the reference', async () => {
  const server = await serve({ '/resit/': join(here, 'pkg'), '/tests/': join(here, 'tests') })
  try {
    await open(
      async (page) => {
        await page.evaluate(async () => {
          await import('/resit/element.js')
          const element = document.createElement('resit-question')
          element.setAttribute('question', '6 × 7?')
          element.judge = async (answer) => ({ verdict: answer === '42' ? 'equal' : 'different', reason: 'value-differs', remaining: 1, ended: answer === '42' })
          document.body.append(element)
        })
        await page.waitForFunction(() => !document.querySelector('resit-question').shadowRoot?.querySelector('button')?.disabled)
        await type(page, '41')
        await submit(page)
        await shows(status(page), /✗ Wrong/)
        await type(page, '42')
        await submit(page)
        await shows(status(page), /✓ Correct/)
        assert.equal(await page.evaluate(() => document.querySelector('resit-question').episode), undefined)
      },
      {},
      `${server.address}/tests/empty.html`,
    )
  } finally {
    await server.close()
  }
})

test('the React example, built by Vite', async () => {
  const { build } = await import('vite')
  const folder = await mkdtemp(join(tmpdir(), 'resit-'))
  try {
    await cp(join(here, 'examples/react'), folder, { recursive: true })
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(here, 'pkg'), join(folder, 'node_modules/resit'))
    for (const name of ['react', 'react-dom', 'scheduler']) {
      await symlink(join(here, 'node_modules', name), join(folder, 'node_modules', name))
    }
    await build({ root: folder, configFile: false, logLevel: 'warn', oxc: { jsx: { runtime: 'automatic' } } })
    const server = await serve({ '/': join(folder, 'dist') })
    try {
      await open(
        async (page) => {
          await page.waitForFunction(() => !document.querySelector('resit-question')?.shadowRoot?.querySelector('button')?.disabled)
          await type(page, '31')
          await submit(page)
          await shows(page.locator('#last'), 'wrong, 1 left')
          await type(page, '2^5')
          await submit(page)
          await shows(page.locator('#last'), 'correct, 0 left')
        },
        {},
        `${server.address}/`,
      )
    } finally {
      await server.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
