// <resit-question>: a question with several attempts, for any page. Importing this registers it.
import { Episode, grade, readAs } from './core.js'
import { init } from './index.js'
import { strings, typed, written } from './locales.js'

const STYLE = `
:host { display: block; color: CanvasText; font: inherit; line-height: 1.5; --accent: #2f5fd0; --good: #1b7a3d; --bad: #b3261e; --odd: #8a5200; }
:host([hidden]) { display: none }
* { box-sizing: border-box }
form { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .5rem; margin: .75rem 0 0; align-items: stretch }
label { grid-column: 1 / -1; font-weight: 600 }
input, button { font: inherit; min-height: 44px; border-radius: .5rem; border: 1px solid #767c89 }
input { width: 100%; padding: 0 .75rem; background: Field; color: FieldText }
math-field { display: block; min-height: 44px; min-width: 0; width: 100%; border-radius: .5rem; border: 1px solid #767c89; background: Field; color: FieldText; font-size: 1.25rem; --contains-highlight-background-color: transparent }
math-field::part(menu-toggle) { display: none }
math-field::part(virtual-keyboard-toggle) { color: FieldText }
button { padding: 0 1.25rem; border-color: var(--accent); background: var(--accent); color: #fff; font-weight: 600; cursor: pointer }
button:disabled { opacity: .55; cursor: default }
:is(input, button, math-field):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
p { margin: .5rem 0 0; overflow-wrap: anywhere }
.read { min-height: 1.5em; color: color-mix(in srgb, CanvasText 75%, Canvas) }
.read math { font-size: 1.15em; color: CanvasText }
.said { min-height: 1.5em }
.left { margin-top: 0; color: color-mix(in srgb, CanvasText 75%, Canvas) }
.verdict { font-weight: 700 }
.correct { color: var(--good) } .wrong { color: var(--bad) } .unread, .form { color: var(--odd) }
ol { margin: .75rem 0 0; padding: 0; list-style: none; border-top: 1px solid color-mix(in srgb, CanvasText 20%, Canvas) }
ol:empty { display: none }
li { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .75rem; padding: .4rem 0; border-bottom: 1px solid color-mix(in srgb, CanvasText 12%, Canvas); overflow-wrap: anywhere }
li > :nth-child(2) { flex: 1; min-width: 4rem }
@media (max-width: 26rem) { form { grid-template-columns: minmax(0, 1fr) } }
@media (prefers-color-scheme: dark) { :host { --accent: #2b5bcd; --good: #6fd08f; --bad: #ff9d95; --odd: #f0b860 } button { border-color: #9db7ff } :is(input, button, math-field):focus-visible { outline-color: #9db7ff } }
`

const MARKS = { correct: '✓', wrong: '✗', unread: '?', form: '≈' }

/** A tag with attributes and children; texts are never read as markup. */
function tag(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

// On a server there are no elements, and none is made.
const Base = globalThis.HTMLElement ?? class {}

export class ResitQuestion extends Base {
  static observedAttributes = ['question', 'reference', 'attempts', 'policy', 'locale', 'math-input']

  /** Grades in place of this page, on a server: `async (answer) => ({ verdict, reason, remaining, ended })`. */
  judge
  /** The episode; none where `judge` grades. */
  episode
  ended = false
  #parts
  #mathlive
  #queued = false
  #timer
  #count = 0

  get locale() {
    return this.getAttribute('locale') || this.closest('[lang]')?.lang || 'en'
  }

  /** What stands in the field, as the grader reads it. */
  get answer() {
    return typed(this.locale, this.#parts.field.value.trim())
  }

  connectedCallback() {
    this.attributeChangedCallback()
  }

  attributeChangedCallback() {
    if (this.#queued || !this.isConnected) return
    this.#queued = true
    queueMicrotask(() => {
      this.#queued = false
      if (this.isConnected) this.restart()
    })
  }

  /** Begins anew, with the attributes as they are now. */
  async restart() {
    this.#draw()
    const { said, button } = this.#parts
    said.textContent = this.#strings.loading
    try {
      const settings = { attempts: this.#attempts, policy: this.#policy, feedback: 'diagnostic' }
      await init()
      const question = this.getAttribute('question') ?? this.textContent.trim()
      const reference = this.getAttribute('reference')
      this.episode = reference === null ? undefined : new Episode({ question, reference }, settings)
      said.textContent = ''
      button.disabled = false
      this.#left(this.#attempts)
      if (this.getAttribute('math-input')) await this.#mathInput()
      this.dispatchEvent(new CustomEvent('ready', { bubbles: true, composed: true }))
    } catch (error) {
      said.textContent = `${this.#strings.failed} ${error.message}`
    }
  }

  get #strings() {
    return strings(this.locale)
  }

  get #attempts() {
    return Math.max(1, Number.parseInt(this.getAttribute('attempts') ?? '', 10) || 3)
  }

  get #policy() {
    return this.getAttribute('policy') || 'default'
  }

  #draw() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open', delegatesFocus: true })
    if (!root.adoptedStyleSheets.length) {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(STYLE)
      root.adoptedStyleSheets = [sheet]
    }
    const words = this.#strings
    const field = tag('input', {
      id: 'answer',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      'aria-describedby': 'read',
    })
    const button = tag('button', { type: 'submit', disabled: '' }, words.submit)
    const read = tag('p', { id: 'read', class: 'read', 'aria-live': 'polite' })
    const said = tag('p', { class: 'said', role: 'status', 'aria-live': 'polite' })
    const left = tag('p', { class: 'left' })
    const list = tag('ol')
    const label = tag('label', { for: 'answer', id: 'label' }, words.answer)
    const form = tag('form', {}, label, field, button)
    const question = tag('div', { part: 'question' }, tag('slot', {}, this.getAttribute('question') ?? ''))
    root.replaceChildren(question, form, read, said, left, list)
    this.#parts = { field, button, read, said, left, list, form, label }
    this.#count = 0
    this.ended = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.submit()
    })
    this.#listen(field)
  }

  #listen(field) {
    field.addEventListener('input', () => {
      clearTimeout(this.#timer)
      // Not at every key, for those who listen.
      this.#timer = setTimeout(() => this.#show(), 250)
    })
  }

  /** Puts MathLive's field in place of the plain one, from the module that the attribute names. */
  async #mathInput() {
    const { field, label } = this.#parts
    try {
      const address = new URL(this.getAttribute('math-input'), document.baseURI)
      this.#mathlive = await import(/* @vite-ignore */ address.href)
      const { MathfieldElement } = this.#mathlive
      MathfieldElement.fontsDirectory = new URL('fonts', address).href
      MathfieldElement.soundsDirectory = null
    } catch {
      // Without it the plain field stays.
      return
    }
    if (this.#parts.field !== field) return
    const { MathfieldElement } = this.#mathlive
    const math = new MathfieldElement()
    MathfieldElement.locale = this.locale
    MathfieldElement.decimalSeparator = typed(this.locale, '0,5') === '0.5' ? ',' : '.'
    math.id = 'answer'
    math.setAttribute('aria-label', this.#strings.answer)
    math.value = field.value
    label.removeAttribute('for')
    label.addEventListener('click', () => math.focus())
    const focused = this.shadowRoot.activeElement === field
    field.replaceWith(math)
    this.#parts.field = math
    this.#listen(math)
    math.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        event.preventDefault()
        this.submit()
      }
    })
    if (focused) math.focus()
  }

  /** Shows what the field is read as. */
  #show() {
    const { read } = this.#parts
    read.replaceChildren()
    const answer = this.answer
    if (!answer || this.ended) return
    const words = this.#strings
    const { form, readings } = readAs(answer)
    if (form === 'text' || !readings.length || answer.includes('\\placeholder')) {
      read.textContent = words.notRead
    } else if (form === 'words') {
      read.textContent = `${words.readAs} “${answer}”. ${words.words}`
    } else {
      read.append(`${words.readAs} `, this.#typeset(readings[0]))
    }
  }

  /** An answer as it was read, else as it was written. */
  #shown(answer) {
    const { form, readings } = readAs(answer)
    const readable = form === 'mathematics' || form === 'opaque'
    return readable ? this.#typeset(readings[0]) : tag('bdi', {}, written(this.locale, answer))
  }

  #typeset(reading) {
    const plain = written(this.locale, reading.plain)
    const text = tag('bdi', {}, plain)
    if (!this.#mathlive) return text
    // MathML, which browsers set and screen readers speak; what MathLive cannot set stays plain.
    const math = this.#mathlive.convertLatexToMathMl(reading.latex)
    const parsed = new DOMParser().parseFromString(
      `<math xmlns="http://www.w3.org/1998/Math/MathML">${math}</math>`,
      'application/xml',
    )
    if (parsed.querySelector('parsererror') || /\\|merror/.test(math)) return text
    for (const number of parsed.querySelectorAll('mn')) number.textContent = written(this.locale, number.textContent)
    return document.importNode(parsed.documentElement, true)
  }

  #left(count) {
    this.#parts.left.textContent = this.ended ? '' : this.#strings.left(count)
  }

  /** Takes what stands in the field as an attempt, unless it cannot be read. */
  async submit() {
    const { field, button, said } = this.#parts
    if (button.disabled) return
    clearTimeout(this.#timer)
    this.#show()
    const answer = this.answer
    if (!answer) {
      said.textContent = this.#strings.nothing
      return field.focus()
    }
    let result
    try {
      result = this.judge ? await this.judge(answer) : this.#attempt(answer)
    } catch (error) {
      said.textContent = error.message
      return
    }
    this.#tell(answer, result)
  }

  #attempt(answer) {
    if (!this.episode) throw new Error('resit: a question needs a reference or a judge')
    const policy = this.#policy
    const { verdict, reason } = grade(this.getAttribute('reference') ?? '', answer, { policy })
    const readable = readAs(answer).form !== 'text' && !answer.includes('\\placeholder')
    if (verdict === 'undecided' || (!readable && verdict !== 'equal')) {
      return { verdict: 'undecided', reason, remaining: this.episode.remaining, ended: false }
    }
    this.episode.step(`\\boxed{${answer}}`)
    const { judgement } = this.episode.results.at(-1)
    return {
      verdict: judgement?.decision ?? 'different',
      reason: judgement?.reason ?? 'no-answer',
      remaining: this.episode.remaining,
      ended: this.episode.stop !== null,
      reward: this.episode.reward,
    }
  }

  #tell(answer, { verdict, reason, remaining, ended, reward = null }) {
    const { field, button, read, said, left, list } = this.#parts
    const words = this.#strings
    const status =
      verdict === 'equal' ? 'correct' : verdict === 'undecided' ? 'unread' : reason === 'form-differs' ? 'form' : 'wrong'
    const mark = () => tag('span', { 'aria-hidden': 'true' }, `${MARKS[status]} `)
    const sentence = status === 'correct' ? '' : (words.reasons[reason] ?? words.reasons.other)
    const shown = () => tag('span', { class: `verdict ${status}` }, mark(), words[status])
    this.ended = ended
    said.replaceChildren(shown(), sentence && ` – ${sentence}`)
    if (status === 'unread') said.append(` ${words.again}`)
    if (ended && status !== 'correct') said.append(` ${words.ended}`)
    const end = reward === null ? '' : words.reward(reward)
    left.textContent = ended ? end : words.left(remaining)
    if (status !== 'unread') {
      this.#count += 1
      list.append(
        tag('li', {}, tag('span', {}, words.attempt(this.#count)), tag('span', {}, this.#shown(answer)), shown()),
      )
    }
    if (ended) {
      // The focus stays: a field that cannot be changed still has it.
      field.readOnly = true
      if (this.shadowRoot.activeElement === button) field.focus()
      button.disabled = true
      read.replaceChildren()
    } else {
      field.focus()
      field.select?.()
    }
    const detail = { answer, verdict, status, reason, remaining, ended, reward, episode: this.episode }
    this.dispatchEvent(new CustomEvent('verdict', { detail, bubbles: true, composed: true }))
  }
}

/** Registers the element; harmless where there are none, and the second time. */
export function define(name = 'resit-question') {
  const registry = globalThis.customElements
  if (registry && !registry.get(name)) registry.define(name, ResitQuestion)
}

define()
