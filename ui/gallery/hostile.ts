/** What a stranger types into the website's form. */
export const hostile = `<img src=x onerror="alert(1)"> {{7*7}} \u202eevil\u202c \u2067שלום\u2069 ${"x".repeat(60)} 🚧`;
export const long = `The owner wants it done before the church fair. ${"Very long text without an end. ".repeat(330)}`;
export const wide = "W".repeat(10_000);
/** An override of direction that nobody closes. */
export const turned = "\u202eevil";
