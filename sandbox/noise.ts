/** A well-distributed 32-bit number that depends only on its inputs. All data is generated from these numbers. */
export function noise(seed: number, salt: number, index: number): number {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b) ^ Math.imul(index + 1, 0x27d4eb2f);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export function pick<T>(choices: readonly [T, ...T[]], number: number): T {
  return choices[number % choices.length] ?? choices[0];
}

/** The numbers from 0 to `count - 1`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Eight lowercase hexadecimal digits. */
export function hex8(number: number): string {
  return number.toString(16).padStart(8, '0');
}

export function madeUpHex(seed: number, salt: number, digits: number): string {
  let text = '';
  for (let part = 0; text.length < digits; part += 1) text += hex8(noise(seed, salt, part));
  return text.slice(0, digits);
}
