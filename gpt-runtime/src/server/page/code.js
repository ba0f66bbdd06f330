// Shows code: a name, a button that copies, and enough colour to read it.

import { copyButton, element } from './dom.js';

const WORDS = new Set(
  ('and as async await break case catch class const continue def defer del do elif else enum ' +
    'except export extends false False finally fn for from func function global if impl import in ' +
    'interface is lambda let loop match mod module mut new nil None nonlocal not null or package ' +
    'pass pub public private raise return self static struct super switch this throw trait true ' +
    'True try type typeof undefined use var void while with yield where select insert update ' +
    'delete create table SELECT FROM WHERE INSERT UPDATE DELETE CREATE TABLE JOIN ON AND OR NOT'
  ).split(' ')
);

// Comments, texts, numbers and words: what looks alike in most languages.
const TOKEN =
  /(?<note>(?:#|\/\/|--\s).*|\/\*[^]*?\*\/)|(?<text>"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|(?<number>\b\d[\w.]*)|(?<word>[A-Za-z_]\w*)/g;

/** So much is coloured; more would be slow to no use. */
const LONGEST = 20_000;

const PLAIN = new Set(['', 'text', 'txt', 'plain', 'plaintext', 'markdown', 'md', 'diff', 'csv']);

/** The nodes of a piece of code. */
export function highlight(code, language) {
  if (PLAIN.has(language.toLowerCase()) || code.length > LONGEST) return [code];
  const nodes = [];
  let at = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.keys(match.groups).find((key) => match.groups[key] !== undefined);
    if (kind === 'word' && !WORDS.has(match[0])) continue;
    nodes.push(code.slice(at, match.index), element('span', { class: `code-${kind}` }, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(code.slice(at));
  return nodes;
}

/** A block of code with its name and a button that copies it. */
export function block(code, language, label) {
  const name = element('span', {}, label);
  const head = element('div', { class: 'code-head' }, name, copyButton('Copy code', () => code));
  const text = element('code', {}, ...highlight(code, language));
  const body = element('pre', { tabindex: '0', role: 'region', 'aria-label': label }, text);
  return element('div', { class: 'code' }, head, body);
}

/** Gives the blocks of code in a text their names and buttons. */
export function dress(nodes) {
  for (const node of nodes) {
    const found = node.matches?.('pre') ? [node] : [...(node.querySelectorAll?.('pre') ?? [])];
    for (const pre of found) {
      const code = pre.textContent;
      const language = pre.firstChild.dataset.language?.split(/\s/)[0] ?? '';
      const shown = block(code, language, language || 'Code');
      if (pre === node) nodes[nodes.indexOf(node)] = shown;
      else pre.replaceWith(shown);
    }
  }
  return nodes;
}
