/** What the server asks of a password; it has the last word. */
export interface Rule {
  text: string;
  isKept: boolean;
}

export function passwordRules(password: string): Rule[] {
  return [
    { text: 'at least 8 characters', isKept: password.length >= 8 },
    { text: 'a lower case letter', isKept: /[a-z]/.test(password) },
    { text: 'an upper case letter', isKept: /[A-Z]/.test(password) },
    { text: 'a digit', isKept: /\d/.test(password) },
  ];
}
