// Keeps the whole page, so that it works without a network after the first load. The build fills in the
// list of files and a version that changes with them.
const CACHE = `resit-${'VERSION'}`
const KEPT = ['FILES']

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(KEPT))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((name) => name.startsWith('resit-') && name !== CACHE)
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return
  const cached = caches.open(CACHE).then((cache) => cache.match(event.request, { ignoreSearch: true }))
  event.respondWith(cached.then((response) => response ?? fetch(event.request)))
})
