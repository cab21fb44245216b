//! The words and keys of the help.

/// What the page's words mean, for the help panel.
pub const GLOSSARY: &[(&str, &str)] = &[
    (
        "Token",
        "a piece of text that the model reads as one: a word with the space before it, a mark, or \
         a single letter",
    ),
    (
        "Query, key",
        "the token that looks, and a token that it may look at: itself or an earlier one",
    ),
    (
        "Weight",
        "the share of a query's attention that a key gets; a row of weights adds up to 1",
    ),
    (
        "Head, layer",
        "each head has an attention of its own; the heads of a layer work side by side, the \
         layers one after the other",
    ),
    (
        "Residual stream",
        "the list of numbers that a token carries from layer to layer; every head and MLP reads \
         it and adds to it",
    ),
    (
        "MLP",
        "the other half of a layer: it works on each token alone, after the heads have fetched \
         from other tokens",
    ),
    (
        "Logit",
        "the score of a possible next token; a softmax turns all of them into probabilities",
    ),
    (
        "Temperature, top-k, top-p",
        "before a token is drawn: how far probabilities are evened out, how many tokens may be \
         drawn, and how much probability they must have together",
    ),
    (
        "Entropy",
        "how widely a head spreads its weight, in bits: 0 on one token, 3 evenly over eight",
    ),
    (
        "Surprise",
        "how improbable a token was to the model, in bits: each bit halves the probability",
    ),
    (
        "Perplexity",
        "2 to the power of the mean surprise: between so many equally probable tokens the model \
         was as if torn",
    ),
    (
        "Excess",
        "how many bits per token the model is more surprised than the language itself would be; \
         model perplexity = true perplexity times 2 to the power of the excess",
    ),
    (
        "The language itself",
        "the rules that wrote the training stories; their probabilities are known exactly, so \
         no model can do better on average",
    ),
];

/// What the Flash room's words mean.
pub const FLASH_GLOSSARY: &[(&str, &str)] = &[
    (
        "Slow memory, chip",
        "a GPU's large memory, and the small and fast one beside its arithmetic: what is computed \
         with must be loaded onto the chip, and what is to be kept must be written back",
    ),
    (
        "Tile",
        "a few rows of queries or of keys and values, loaded together; a tile of queries and a \
         tile of keys make a tile of scores",
    ),
    (
        "S, P",
        "scores, and what becomes of them: P = exp(S \u{2212} m), weights that are not divided yet",
    ),
    ("m", "the largest score of a row so far"),
    (
        "l",
        "the sum of a row's exp(score \u{2212} m) so far, which its output is divided by",
    ),
    (
        "\u{3b1}",
        "exp(old m \u{2212} new m): what a row's sum and output are multiplied by when a larger \
         score arrives",
    ),
    (
        "O",
        "the output: each row the average of the values by its weights",
    ),
    (
        "L",
        "the log-sum-exp of a row, m + log l: with it any weight can be had again from its query \
         and key",
    ),
    (
        "\u{3c4}",
        "the scale of the scores, 1 / \u{221a}d for rows of width d",
    ),
    (
        "Standard, FA1, FA2",
        "attention by its definition; FlashAttention (2022), with keys in the outer loop; \
         FlashAttention-2 (2023), with queries in the outer loop",
    ),
];

/// The keys of the Flash room.
pub const FLASH_KEYS: &[(&str, &str)] = &[
    ("Space", "play and pause"),
    ("Left, Right", "one step back and on; with Shift, one tile"),
    ("Home, End", "the start and the end"),
    ("1 to 9, 0", "speeds from slow to fast, and the usual one"),
    (
        "Up, Down",
        "the row above and below, where a row of the chip has the focus",
    ),
];
