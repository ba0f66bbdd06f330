// Files of a conversation: pictures are shown, the others can be fetched.

import { element, icon, size } from './dom.js';

/** What browsers show without running anything in it. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A file as people see it. */
export function fileNode(file, url) {
  return PICTURES.has(file.media_type.split(';')[0].trim().toLowerCase())
    ? picture(file, url)
    : chip(file, url);
}

function picture(file, url) {
  const image = element('img', { src: url, alt: file.name, loading: 'lazy' });
  const node = element('figure', { class: 'picture' }, image, caption(file, url));
  // A file that is no picture after all can still be fetched.
  image.addEventListener('error', () => node.replaceWith(chip(file, url)));
  return node;
}

function caption(file, url) {
  const fetch = element('a', { href: url, download: file.name }, icon('download'), ' Download');
  fetch.setAttribute('aria-label', `Download ${file.name}`);
  return element('figcaption', {}, element('span', { class: 'file-name' }, file.name), fetch);
}

function chip(file, url) {
  return element(
    'a',
    { class: 'file', href: url, download: file.name },
    icon('file'),
    element('span', { class: 'file-name' }, file.name),
    element('span', { class: 'file-size' }, size(file.size)),
    icon('download'),
    element('span', { class: 'for-readers' }, 'Download')
  );
}
