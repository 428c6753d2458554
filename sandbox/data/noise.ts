/** A well-mixed 32-bit number that depends on nothing but its inputs: the whole sandbox is computed from it. */
export const noise = (seed: number, salt: number, index: number): number => {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b) ^ Math.imul(index + 1, 0x27d4eb2f);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
};

/** One of the choices, picked by the number. */
export const pick = <T>(choices: readonly [T, ...T[]], number: number): T =>
  choices[number % choices.length] ?? choices[0];

/** Eight lower-case hexadecimal digits. */
export const hex8 = (number: number): string => number.toString(16).padStart(8, '0');

/** So many hexadecimal digits, made up. */
export const madeUpHex = (seed: number, salt: number, digits: number): string => {
  let text = '';
  for (let part = 0; text.length < digits; part += 1) text += hex8(noise(seed, salt, part));
  return text.slice(0, digits);
};
