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
