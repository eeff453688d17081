// What <resit-question> says, by language. Sentences depend on the reason alone: they name no value.
const en = {
  answer: 'Your answer',
  submit: 'Submit',
  loading: 'Loading …',
  failed: 'The grader could not be loaded.',
  readAs: 'Read as',
  notRead: 'This cannot be read yet.',
  words: 'These are words, not mathematics.',
  nothing: 'Write an answer first.',
  left: (n) => (n === 1 ? '1 attempt left' : `${n} attempts left`),
  attempt: (n) => `Attempt ${n}`,
  correct: 'Correct',
  wrong: 'Wrong',
  unread: 'Could not read',
  form: 'Right value, wrong form',
  again: 'This did not cost an attempt.',
  ended: 'No attempts left.',
  reward: (reward) => `Reward ${reward}`,
  reasons: {
    'sign-differs': 'Check the signs.',
    'magnitude-differs': 'Check the magnitude, such as the place of the decimal point.',
    'unit-differs': 'Check the units.',
    'kind-differs': 'The question asks for another kind of answer.',
    'name-differs': 'The question asks for another kind of answer.',
    'count-differs': 'It does not hold the right number of items.',
    'item-differs': 'Not every item is right.',
    'order-differs': 'The order of the items matters.',
    'bracket-differs': 'Check whether the ends belong to it.',
    'base-differs': 'Check the base of the numeral.',
    'chain-disagrees': 'Its equations do not agree with one another.',
    undefined: 'It has no value.',
    'not-understood': 'Write it in a simpler form.',
    'limit-reached': 'Write it in a simpler form.',
    'form-differs': 'Write it in the form that is asked for.',
    'no-answer': 'There is no answer in it.',
    'text-differs': 'These are not the right words.',
    other: 'Its value is not right.',
  },
}

const de = {
  answer: 'Deine Antwort',
  submit: 'Abgeben',
  loading: 'Wird geladen …',
  failed: 'Die Prüfung konnte nicht geladen werden.',
  readAs: 'Gelesen als',
  notRead: 'Das ist noch nicht lesbar.',
  words: 'Das sind Wörter, keine Mathematik.',
  nothing: 'Schreibe zuerst eine Antwort.',
  left: (n) => (n === 1 ? 'noch 1 Versuch' : `noch ${n} Versuche`),
  attempt: (n) => `Versuch ${n}`,
  correct: 'Richtig',
  wrong: 'Falsch',
  unread: 'Nicht lesbar',
  form: 'Richtiger Wert, falsche Form',
  again: 'Das hat keinen Versuch gekostet.',
  ended: 'Keine Versuche mehr.',
  reward: (reward) => `Belohnung ${reward}`,
  reasons: {
    'sign-differs': 'Prüfe die Vorzeichen.',
    'magnitude-differs': 'Prüfe die Größenordnung, etwa die Stelle des Kommas.',
    'unit-differs': 'Prüfe die Einheiten.',
    'kind-differs': 'Gefragt ist eine andere Art von Antwort.',
    'name-differs': 'Gefragt ist eine andere Art von Antwort.',
    'count-differs': 'Die Anzahl stimmt nicht.',
    'item-differs': 'Nicht alles darin ist richtig.',
    'order-differs': 'Die Reihenfolge zählt.',
    'bracket-differs': 'Prüfe, ob die Enden dazugehören.',
    'base-differs': 'Prüfe die Basis der Zahl.',
    'chain-disagrees': 'Die Gleichungen widersprechen sich.',
    undefined: 'Das hat keinen Wert.',
    'not-understood': 'Schreibe es einfacher.',
    'limit-reached': 'Schreibe es einfacher.',
    'form-differs': 'Schreibe es in der verlangten Form.',
    'no-answer': 'Darin steht keine Antwort.',
    'text-differs': 'Das sind nicht die richtigen Wörter.',
    other: 'Der Wert stimmt nicht.',
  },
}

const fr = {
  answer: 'Ta réponse',
  submit: 'Valider',
  loading: 'Chargement …',
  failed: 'Le correcteur n’a pas pu être chargé.',
  readAs: 'Lu comme',
  notRead: 'Ce n’est pas encore lisible.',
  words: 'Ce sont des mots, pas des mathématiques.',
  nothing: 'Écris d’abord une réponse.',
  left: (n) => (n < 2 ? `encore ${n} essai` : `encore ${n} essais`),
  attempt: (n) => `Essai ${n}`,
  correct: 'Juste',
  wrong: 'Faux',
  unread: 'Illisible',
  form: 'Valeur juste, forme fausse',
  again: 'Cela n’a pas coûté d’essai.',
  ended: 'Plus d’essais.',
  reward: (reward) => `Récompense ${reward}`,
  reasons: {
    'sign-differs': 'Vérifie les signes.',
    'magnitude-differs': 'Vérifie l’ordre de grandeur, par exemple la place de la virgule.',
    'unit-differs': 'Vérifie les unités.',
    'kind-differs': 'La question demande une autre sorte de réponse.',
    'name-differs': 'La question demande une autre sorte de réponse.',
    'count-differs': 'Le nombre d’éléments n’est pas le bon.',
    'item-differs': 'Tous les éléments ne sont pas justes.',
    'order-differs': 'L’ordre compte.',
    'bracket-differs': 'Vérifie si les extrémités en font partie.',
    'base-differs': 'Vérifie la base du nombre.',
    'chain-disagrees': 'Les équations se contredisent.',
    undefined: 'Cela n’a pas de valeur.',
    'not-understood': 'Écris-le plus simplement.',
    'limit-reached': 'Écris-le plus simplement.',
    'form-differs': 'Écris-le sous la forme demandée.',
    'no-answer': 'Il n’y a pas de réponse.',
    'text-differs': 'Ce ne sont pas les bons mots.',
    other: 'La valeur n’est pas juste.',
  },
}

const LOCALES = { en, de, fr }

/** The strings of a language tag such as `de-CH`; English where there are none. */
export const strings = (tag) => LOCALES[tag?.slice(0, 2).toLowerCase()] ?? en

/** Whether decimals are written with a comma. */
export const hasComma = (tag) => {
  try {
    return new Intl.NumberFormat(tag).format(0.5).includes(',')
  } catch {
    return false
  }
}

/** What a person of that language typed, as the grader reads it: a comma between digits is a point. */
export const typed = (tag, text) => (hasComma(tag) ? text.replace(/(\d)(?:,|\{,\})(?=\d)/g, '$1.') : text)

/** What the grader wrote, as a person of that language writes it. */
export const written = (tag, text) =>
  hasComma(tag) ? text.replace(/(\d)\.(?=\d)/g, '$1,').replace(/(\d), (?=\d)/g, '$1; ') : text
