// The page: questions with several attempts, and two expressions compared.
import { grade, init } from './resit/index.js'
import './resit/element.js'
import { strings, typed, written } from './resit/locales.js'
import { QUESTIONS } from './questions.js'
import { STRINGS } from './strings.js'

const get = (id) => document.getElementById(id)
const stored = { get: (key) => globalThis.localStorage?.getItem(key), set: (key, value) => globalThis.localStorage?.setItem(key, value) }

let language = STRINGS[stored.get('language')] ? stored.get('language') : navigator.language.slice(0, 2)
if (!STRINGS[language]) language = 'en'
let questions = QUESTIONS
let current = 0

const say = () => STRINGS[language]
const inLanguage = (text) => (typeof text === 'string' ? text : (text[language] ?? text.en))

function tag(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

function translate() {
  document.documentElement.lang = language
  get('language').value = language
  for (const element of document.querySelectorAll('[data-say]')) element.textContent = say()[element.dataset.say]
  const pick = get('pick')
  pick.replaceChildren(...questions.map((q, i) => tag('option', { value: i }, `${i + 1}. ${inLanguage(q.question)}`)))
}

function ask() {
  const { question, reference, policy } = questions[current]
  const element = get('question')
  const attributes = {
    question: inLanguage(question),
    reference,
    attempts: Math.min(9, Math.max(1, Number.parseInt(get('attempts').value, 10) || 3)),
    policy: get('policy').value || policy || 'default',
    locale: language,
  }
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  get('count').textContent = say().number(current + 1, questions.length)
  get('pick').value = current
  get('transcript').textContent = ''
}

/** The dialogue so far, with the reward once there is one. */
function transcript() {
  const { episode } = get('question')
  if (!episode) return
  const reward = episode.reward === null ? '' : `\n\n[${strings(language).reward(episode.reward)}]`
  get('transcript').textContent = episode.text + reward
}

async function readFile(file) {
  const text = await file.text()
  const rows = () => {
    try {
      return [JSON.parse(text)].flat()
    } catch {
      return text.split('\n').flatMap((line) => {
        try {
          return [JSON.parse(line)]
        } catch {
          return []
        }
      })
    }
  }
  const isText = (value) => typeof value === 'string' && value.trim() !== ''
  const read = rows().filter((row) => isText(row?.question) && isText(row?.reference))
  get('fileSaid').textContent = read.length ? say().read(read.length) : say().unread
  if (!read.length) return
  questions = read
  current = 0
  translate()
  ask()
}

function side(title, { readings }) {
  const reading = readings[0]
  const card = tag('div', { class: 'card' }, tag('h3', {}, title))
  if (!reading) {
    card.append(tag('p', {}, say().nothing))
    return card
  }
  const list = tag('dl')
  const row = (name, value) => list.append(tag('dt', {}, say()[name]), tag('dd', {}, value))
  row('written', tag('code', {}, written(language, reading.plain)))
  row('latex', tag('code', {}, reading.latex))
  row('words', tag('span', { lang: 'en' }, reading.words))
  row('canonical', tag('code', {}, written(language, reading.canonical)))
  card.append(list)
  return card
}

async function compare(event) {
  event?.preventDefault()
  await init()
  const value = (id) => typed(language, get(id).value)
  const { verdict, method, reason, explanation } = grade(value('left'), value('right'), {
    policy: get('rules').value,
    explain: true,
  })
  const mark = { equal: '=', different: '≠', undecided: '?' }[verdict]
  const words = strings(language).reasons
  const why = verdict === 'equal' ? '' : ` ${say().why}: ${words[reason] ?? words.other} (${reason})`
  get('decision').replaceChildren(
    tag('p', { class: `verdict ${verdict}` }, tag('span', { 'aria-hidden': 'true' }, `${mark} `), say()[verdict]),
    tag('p', {}, `${say().how}: ${say().methods[method]}.${why}`),
  )
  get('sides').replaceChildren(side(say().reference, explanation.reference), side(say().other, explanation.answer))
}

function show() {
  const name = location.hash === '#compare' ? 'compare' : 'practise'
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== name
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  document.title = `Resit – ${say()[name]}`
  if (name === 'compare') compare()
}

get('language').addEventListener('change', ({ target }) => {
  language = target.value
  stored.set('language', language)
  translate()
  ask()
  show()
})
get('next').addEventListener('click', () => {
  current = (current + 1) % questions.length
  ask()
})
get('again').addEventListener('click', () => get('question').restart())
get('pick').addEventListener('change', ({ target }) => {
  current = Number(target.value)
  ask()
})
for (const id of ['attempts', 'policy']) get(id).addEventListener('change', ask)
get('file').addEventListener('change', ({ target }) => target.files[0] && readFile(target.files[0]))
get('question').addEventListener('ready', transcript)
get('question').addEventListener('verdict', transcript)
get('comparison').addEventListener('submit', compare)
addEventListener('hashchange', show)

translate()
ask()
show()
navigator.serviceWorker?.register('sw.js').catch(() => {})
