//! Schema documents: drafts 4, 6, 7, 2019-09 and 2020-12 in, kept as given; 2020-12 out (M1, M6).
